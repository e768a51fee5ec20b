// SPDX-License-Identifier: MIT
// The NATS client for whoever lives outside this folder and has no node_modules of its own.
export { AckPolicy, connect, createInbox, headers, StringCodec } from 'nats';
export { createParser } from 'eventsource-parser';
