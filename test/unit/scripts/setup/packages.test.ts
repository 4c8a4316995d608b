// When `npm ci` is needed: node_modules against the lock file.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdsSamePackages } from '../../../../scripts/setup/packages.mjs';

const LOCK = {
  '': { version: '0.1.0' },
  'node_modules/sharp': { version: '0.35.5', integrity: 'sha512-a' },
  'node_modules/sharp-win32': { version: '0.35.5', integrity: 'sha512-b', optional: true },
};

function holds(installed: Record<string, object>): boolean {
  return holdsSamePackages(JSON.stringify({ packages: LOCK }), JSON.stringify({ packages: installed }));
}

test('the same packages, optional ones of other platforms apart', () => {
  assert.equal(holds({ 'node_modules/sharp': LOCK['node_modules/sharp'] }), true);
});

test('an absent, older, altered or stray package means npm ci', () => {
  const sharp = LOCK['node_modules/sharp'];
  assert.equal(holds({}), false);
  assert.equal(holds({ 'node_modules/sharp': { ...sharp, version: '0.34.0' } }), false);
  assert.equal(holds({ 'node_modules/sharp': { ...sharp, integrity: 'sha512-z' } }), false);
  assert.equal(holds({ 'node_modules/sharp': sharp, 'node_modules/left-pad': { version: '1.0.0' } }), false);
});

test('a file cut off half-way means npm ci', () => {
  assert.equal(holdsSamePackages(JSON.stringify({ packages: LOCK }), '{"packages": {"node_mod'), false);
  assert.equal(holdsSamePackages(JSON.stringify({ packages: LOCK }), '{}'), false);
});
