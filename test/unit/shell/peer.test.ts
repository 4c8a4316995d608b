// Another user of the machine does not get in, not even with the token.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { isOwnUser, userOfPeer } from '../../../src-main/shell/web/peer.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:AF21 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1601745 1 0000000047e199b8 100 0 0 10 0
   1: 0100007F:C350 0100007F:AF21 01 00000000:00000000 02:000006E1 00000000  1000        0 1661069 2 000000005ae2e03d 20 4 30 10 -1
   2: 0100007F:AF21 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 1661070 1 000000005ae2e03e 20 4 30 10 -1
`;

test('the user is that of the socket at the other end', () => {
  assert.equal(userOfPeer(TABLE, 0xc350, 0xaf21), 1000);
  assert.equal(userOfPeer(TABLE, 0xaf21, 0xc350), 0);
  assert.equal(userOfPeer(TABLE, 0xc351, 0xaf21), null);
  assert.equal(userOfPeer('', 1, 2), null);
});

/** Node's own client in a process of some user; what it got, or why it got nothing. */
function askAs(uid: number | undefined, port: number): Promise<string> {
  const script = `fetch('http://127.0.0.1:${port}/').then((r) => r.text()).catch((e) => 'refused: ' + e.cause?.code).then(console.log)`;
  return new Promise((resolve) => {
    execFile('/usr/bin/env', ['-i', process.execPath, '-e', script], { uid, cwd: '/' }, (error, out) =>
      resolve(error === null ? out.trim() : `not run: ${error.message}`),
    );
  });
}

test('a process of this user gets in, one of another does not', async (context) => {
  const server = createServer((_, response) => response.end('in'));
  server.on('connection', (socket) => {
    if (!isOwnUser(socket)) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  assert.equal(await askAs(undefined, port), 'in');
  // Only root may start a process of somebody else.
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
  assert.match(await askAs(65534, port), /^(refused: |not run: .*(EACCES|Permission denied))/);
});
