export {
  type AnnouncementForm,
  type AnnouncementTarget,
  Announcer,
  type AnnouncerOptions,
} from './announcer.js';
export { watchArp, watchArpReplies } from './arp-watch.js';
export { addressBytes } from './core/address-bytes.js';
export {
  type AnnouncementSeries,
  DEFAULT_SCHEDULE_MS,
  startSeries,
  stepSeries,
} from './core/announcement-schedule.js';
export { type ArpPacket, arpRequest, gratuitousReply, parseArp } from './core/arp-frame.js';
export { canonicalAddress } from './core/format-address.js';
export { readTimestampReply, timestampRequest } from './core/icmp-timestamp.js';
export { parseMac } from './core/mac.js';
export type { NeighbourSpec } from './core/neighbour-messages.js';
export type { NeighbourEntry, NeighbourState } from './core/neighbour-records.js';
export { encodeNetlinkAttribute, netlinkAttributes } from './core/netlink-message.js';
export type { AddressSpec } from './core/route-messages.js';
export type { InterfaceAddress, NetworkLink, OperationalState } from './core/route-records.js';
export { type TcpSegment, tcpFrame } from './core/tcp-frame.js';
export { ipInIpPacket, TCP_FLAGS, type TcpHeader, tcpPacket } from './core/tcp-packet.js';
export { EchoSocket } from './echo-socket.js';
export type { EthernetDevice } from './ethernet-device.js';
export type { FrameWatch } from './frame-watch.js';
export { type GenericCommand, GenericNetlink } from './generic-netlink.js';
export { drainGroupMember } from './group-drain.js';
export * from './libc.js';
export { LinkWatch, type LinkWatchEvents } from './link-watch.js';
export { NeighbourNetlink } from './neighbour-netlink.js';
export { PacketSocket } from './packet-socket.js';
export { PeerDatagrams } from './peer-datagrams.js';
export { raisePriority } from './priority.js';
export { IcmpSocket, RawIpSocket } from './raw-ip-socket.js';
export { type RawReceiver, receiveRaw } from './raw-receiver.js';
export { unsteerGroup } from './reuseport-group.js';
export { LISTEN_BACKLOG, openReuseportSocket } from './reuseport-socket.js';
export { type AddressChange, type ChangeResult, RouteNetlink } from './route-netlink.js';
export { watchTcp } from './tcp-watch.js';
export { type SendResult, UnixDatagram } from './unix-datagram.js';
