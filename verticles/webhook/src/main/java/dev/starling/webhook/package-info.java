/**
 * Sends web-hooks to addresses that others chose: signed, bounded, and never into the network that
 * the node itself is in.
 *
 * <p>Contract: {@link dev.starling.webhook.WebhookSender} makes one attempt and says what came of
 * it; whoever keeps the message (the outbox) decides about the next one. Messages carry the headers
 * of Standard Webhooks, so a receiver can prove who sent them and see one that it had before.
 *
 * <p>Failure modes (docs/adr/0027-web-hooks.md): an address that may not be reached and a receiver
 * that is gone are final; everything else may be tried again. A message can arrive twice when the
 * answer to it was lost.
 */
@NullMarked
package dev.starling.webhook;

import org.jspecify.annotations.NullMarked;
