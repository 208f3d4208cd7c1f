package dev.starling.points;

import java.util.List;

/**
 * A user's points at one moment.
 *
 * @param entries a part of the ledger, the newest first
 */
record Account(long balance, List<Entry> entries) {}
