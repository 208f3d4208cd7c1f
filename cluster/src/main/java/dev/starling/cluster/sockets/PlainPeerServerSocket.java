package dev.starling.cluster.sockets;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** Listens without TLS. */
final class PlainPeerServerSocket extends ServerSocket {
  private final Refusals refusals;

  PlainPeerServerSocket(Refusals refusals) throws IOException {
    this.refusals = refusals;
  }

  @Override
  public Socket accept() throws IOException {
    PlainPeerSocket socket = new PlainPeerSocket(refusals, true);
    implAccept(socket);
    return socket;
  }
}
