// The journeys were run at all: without a single shell the other files here are empty.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shellsHere } from '../support/shells.ts';

test('at least one shell can be opened here', () => {
  assert.notDeepEqual(
    shellsHere(),
    [],
    'neither an Electron with a display nor a Chromium is here: the closing lines of npm test say what is missing',
  );
});
