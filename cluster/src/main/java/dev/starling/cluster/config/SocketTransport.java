package dev.starling.cluster.config;

/** How the kernel is asked to read and write sockets. */
public enum SocketTransport {
  /** The first of the others, in their order, that this system has. */
  AUTO,
  /** Linux's queue of requests and answers: one system call for many sockets. */
  IO_URING,
  /** Linux's readiness events: a system call for each read and write. */
  EPOLL,
  /** What the JDK has everywhere. */
  NIO
}
