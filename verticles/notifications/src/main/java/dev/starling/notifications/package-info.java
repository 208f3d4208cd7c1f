/**
 * Notifications: tells users what happened to their orders, in the API, by e-mail, and through a
 * web-hook that sends text messages.
 *
 * <p>Contract: {@link dev.starling.notifications.NotificationsVerticle} takes {@link
 * dev.starling.contract.order.OrderEvents} as consumer {@code notifications} and writes one
 * notification for each, beside the user's other data; clients read them. In the same transaction
 * it requests what is to be sent, as events of their own that the consumers {@code mailer} and
 * {@code texter} get, so a mail server that is down delays mail and nothing else.
 *
 * <p>Failure modes: what is sent leaves the platform, so it can be sent twice when a node dies
 * between the receiver's answer and the note of it; {@code Message-ID} and {@code webhook-id} are
 * the same then. A mailbox that does not exist, a user who is gone and a web-hook that wants no
 * more are final, everything else is tried again. While the mail server cannot be reached mails
 * wait, and none of them comes nearer to being given up. Without a mail server in the configuration
 * a notification can only be read.
 */
@NullMarked
package dev.starling.notifications;

import org.jspecify.annotations.NullMarked;
