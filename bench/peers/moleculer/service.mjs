// SPDX-License-Identifier: MIT
// The service behind gateway.mjs: keeps documents in memory. Usage: node service.mjs NATS_URL.
import { randomUUID } from 'node:crypto';
import { ServiceBroker } from 'moleculer';

const documents = new Map();
const broker = new ServiceBroker({ nodeID: 'service', transporter: process.argv[2], logger: false });
broker.createService({
  name: 'locations',
  actions: {
    create: {
      params: {
        id: { type: 'string', pattern: /^[A-Za-z0-9_-]{1,64}$/, optional: true },
        name: { type: 'string', min: 1, max: 200 },
        category: { type: 'enum', values: ['Town', 'City', 'County/Region', 'Country', 'Continent'] },
        description: { type: 'string', max: 4000, optional: true },
      },
      handler({ params }) {
        const id = params.id ?? randomUUID();
        const document = { ...params, id, created_at: new Date().toISOString() };
        documents.set(id, document);
        return document;
      },
    },
    get: { params: { id: 'string' }, handler: ({ params }) => documents.get(params.id) },
  },
});
await broker.start();
console.log('started');
process.on('SIGTERM', () => process.exit(0));
