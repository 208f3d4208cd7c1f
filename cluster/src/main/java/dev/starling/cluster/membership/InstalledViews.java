package dev.starling.cluster.membership;

import org.jgroups.Event;
import org.jgroups.stack.Protocol;

/**
 * A protocol below GMS that lets only views through which are installed.
 *
 * <p>GMS of JGroups 5.5.7 announces a view (TMP_VIEW) before it installs it, and may then not do
 * so, because a higher one came between. MERGE3 stops its work at the announcement and begins again
 * with a view that is installed, so such a member would neither look for others nor tell them of
 * itself any more, for good if they have excluded it; the transport would send to the members of a
 * view that never was. Nothing below GMS needs the announcement, since what is not discarded is
 * installed at once.
 *
 * <p>Stateless.
 */
final class InstalledViews extends Protocol {
  @Override
  public Object down(Event event) {
    return event.getType() == Event.TMP_VIEW ? null : down_prot.down(event);
  }
}
