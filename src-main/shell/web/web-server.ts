// The web shell: the same renderer, contract and pictures over loopback HTTP; events as a server-sent stream.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Host } from '../host.ts';
import { refusal, SAFE_HEADERS, type Site, type SiteResponse } from '../site.ts';
import { Door } from './door.ts';
import { isOwnUser } from './peer.ts';

const LARGEST_REQUEST_BYTES = 64 * 2 ** 20;
/** Those that nobody is given for good. */
const FIRST_DYNAMIC_PORT = 49_152;
const DYNAMIC_PORTS = 16_384;

export interface WebShell {
  /** With the token: good for one opening. */
  readonly address: string;
  close(): Promise<void>;
}

/** The same each time for a data folder: a browser keeps what a page remembers, a draft, by host and port. */
export function usualPort(dataFolder: string): number {
  const number = createHash('sha256').update(dataFolder).digest().readUInt16BE(0);
  return FIRST_DYNAMIC_PORT + (number % DYNAMIC_PORTS);
}

/** Listens on that port of 127.0.0.1, or on a free one where it is taken, for this user's own processes. */
export async function serveWeb(host: Host, site: Site, wantedPort = 0): Promise<WebShell> {
  const server = createServer();
  try {
    server.listen(wantedPort, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    if (wantedPort === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const { port } = server.address() as AddressInfo;
  const door = new Door(port);
  server.on('connection', (socket) => {
    if (!isOwnUser(socket)) socket.destroy();
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, { host, site, door }).catch(() => {
      if (!response.headersSent) send(response, refusal(500, 'failed'));
      else response.destroy();
    });
  });
  return { address: door.address, close: () => closeServer(server) };
}

interface Behind {
  readonly host: Host;
  readonly site: Site;
  readonly door: Door;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { host, site, door }: Behind,
): Promise<void> {
  if (!door.isOwnHost(request) || !door.isOwnOrigin(request)) return send(response, refusal(403, 'refused'));
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const token = searchParams.get('token');
  if (request.method === 'GET' && pathname === '/' && token !== null) return enter(response, door, token);
  if (!door.hasSession(request)) return send(response, refusal(403, 'open Glimpse anew for another address'));
  if (request.method === 'POST' && pathname === '/call') return takeCall(request, response, host);
  if (request.method !== 'GET') return send(response, refusal(405, 'refused'));
  if (pathname === '/events') return streamEvents(request, response, host);
  send(response, await site.respond(pathname));
}

/** The token leaves the address before the page can be looked at. */
function enter(response: ServerResponse, door: Door, token: string): void {
  const cookie = door.exchange(token);
  if (cookie === null) {
    send(response, refusal(403, 'this address was used before: open Glimpse anew'));
    return;
  }
  response.writeHead(303, {
    ...SAFE_HEADERS,
    location: '/',
    'set-cookie': cookie,
    'cache-control': 'no-store',
  });
  response.end();
}

async function takeCall(request: IncomingMessage, response: ServerResponse, host: Host): Promise<void> {
  // A form of another site cannot send this type without being asked about first.
  if (request.headers['content-type'] !== 'application/json')
    return send(response, refusal(415, 'JSON is wanted'));
  const text = await readBody(request);
  if (text === null) return send(response, refusal(413, 'the request is too large'));
  const { channel, request: value } = parseCall(text);
  const reply = await host.dispatcher.dispatch(channel, value);
  const headers = { ...SAFE_HEADERS, 'content-type': 'application/json', 'cache-control': 'no-store' };
  send(response, { status: 200, headers, body: Buffer.from(JSON.stringify(reply)) });
}

function parseCall(text: string): { channel: unknown; request: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    const { channel, request } = (typeof value === 'object' && value !== null ? value : {}) as {
      channel?: unknown;
      request?: unknown;
    };
    return { channel, request };
  } catch {
    // No channel has no name: the dispatcher refuses it.
    return { channel: null, request: null };
  }
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_REQUEST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function streamEvents(request: IncomingMessage, response: ServerResponse, host: Host): void {
  response.writeHead(200, {
    ...SAFE_HEADERS,
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
  });
  response.write(': open\n\n');
  const end = host.onEvent((name, value) => response.write(`data: ${JSON.stringify([name, value])}\n\n`));
  request.on('close', end);
}

function send(response: ServerResponse, { status, headers, body }: SiteResponse): void {
  response.writeHead(status, headers);
  response.end(body);
}

async function closeServer(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
