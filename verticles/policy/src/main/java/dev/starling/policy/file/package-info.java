/**
 * Reads policy files and says what is wrong with them.
 *
 * <p>Contract: a file is valid as a whole or changes nothing; what is wrong is named with the file,
 * the rule and the key, one line for each mistake.
 *
 * <p>Failure modes: none is thrown for what a file may hold. Reading takes time and memory in
 * proportion to its size, which is bounded; aliases, with which a small file can mean a large one,
 * are refused.
 */
@NullMarked
package dev.starling.policy.file;

import org.jspecify.annotations.NullMarked;
