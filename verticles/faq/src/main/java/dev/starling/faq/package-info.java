/**
 * Answers questions out of a small knowledge base.
 *
 * <p>Contract: the operation that {@link dev.starling.faq.FaqVerticle} declares. An entry is found
 * by the meaning of its questions: their vectors are in a collection that this service owns, and
 * the question's nearest neighbour answers, if it is near enough. What is not near enough is "I
 * don't know", never a guess. A node answers with its own entries only, whatever others have put
 * into the collection.
 *
 * <p>Failure modes: while vectors or the embedding model are away, a node starts all the same, and
 * questions are refused as not executed until the entries can be found. When a search leaves a part
 * out and nothing else is near enough, that is refused too, for the answer may be in that part.
 */
@NullMarked
package dev.starling.faq;

import org.jspecify.annotations.NullMarked;
