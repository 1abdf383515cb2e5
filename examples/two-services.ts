/**
 * Two services share their users' sessions. A user who signs in at the shop (Express) is also signed in at the orders
 * (Fastify). A sign-out at one service takes effect at the other at once.
 *
 *   npm start                     the sessions service, at http://127.0.0.1:8080
 *   npm run example:two-services
 *   curl -c jar -d user=ann http://127.0.0.1:3001/login
 *   curl -b jar http://127.0.0.1:3002/orders
 *   curl -b jar -X POST http://127.0.0.1:3001/logout
 *   curl -b jar http://127.0.0.1:3002/orders
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createSessionsClient } from '@pip-sessions/client';
import * as inExpress from '@pip-sessions/client/express';
import * as inFastify from '@pip-sessions/client/fastify';
import express from 'express';
import fastify from 'fastify';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createSessionsClient({ url, ...(process.env.SESSIONS_KEY && { key: process.env.SESSIONS_KEY }) });
// #region options
// Both services read the same cookie. Browsers send it to every port of a host, and to every path behind a gateway.
const options = { client, development: true };
// #endregion

const shop = express();
shop.use(express.urlencoded(), inExpress.userSessions(options));
shop.post('/login', async (req, res) => {
  await req.userSession.login({ user_id: req.body.user, data: { currency: 'EUR' } });
  res.json({ signed_in: req.body.user });
});
shop.post('/logout', async (req, res) => {
  await req.userSession.logout();
  res.json({ signed_out: true });
});
const shopServer = shop.listen(Number(process.env.SHOP_PORT ?? 3001), '127.0.0.1');
await once(shopServer, 'listening');

// #region fastify
const orders = fastify();
await orders.register(inFastify.userSessions, options);
orders.setErrorHandler((error, _, reply) => {
  const rejection = inFastify.rejectionOf(error); // null for an error that is not about sessions
  return rejection ? inFastify.sendRejection(reply, rejection) : reply.send(error);
});
orders.get('/orders', { onRequest: inFastify.requireSession() }, async (request) => {
  const { user_id, data } = request.userSession.required;
  return { orders_of: user_id, shown_in: data };
});
// #endregion
const ordersUrl = await orders.listen({ host: '127.0.0.1', port: Number(process.env.ORDERS_PORT ?? 3002) });

console.log(`shop: http://127.0.0.1:${(shopServer.address() as AddressInfo).port}`);
console.log(`orders: ${ordersUrl}`);
