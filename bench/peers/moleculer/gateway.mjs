// SPDX-License-Identifier: MIT
// Moleculer's own API gateway before a service on another node, over NATS: request and reply, nothing is durable.
// Usage: node gateway.mjs NATS_URL; prints where it listens once it knows the service.
import { ServiceBroker } from 'moleculer';
import ApiGateway from 'moleculer-web';

const broker = new ServiceBroker({ nodeID: 'gateway', transporter: process.argv[2], logger: false });
const api = broker.createService({
  name: 'api',
  mixins: [ApiGateway],
  settings: {
    ip: '127.0.0.1',
    port: 0,
    routes: [{
      path: '/',
      aliases: { 'POST /commands/CreateLocation': 'locations.create', 'GET /queries/GetLocation': 'locations.get' },
      bodyParsers: { json: true },
      mappingPolicy: 'restrict',
    }],
  },
});
await broker.start();
await broker.waitForServices('locations', 15_000);
console.log(`listens on http://127.0.0.1:${api.server.address().port}`);
process.on('SIGTERM', () => process.exit(0));
