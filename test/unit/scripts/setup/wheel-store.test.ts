// A tiny wheel goes through the store: checked, unpacked, marked, resumed; nothing is fetched.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { localWheel } from '../../../../scripts/setup/wheel-source.mjs';
import { fillRuntimeFolder } from '../../../../scripts/setup/wheel-store.mjs';
import { pipTagArguments, type Wheel } from '../../../../scripts/setup/wheels.mjs';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const FILE = 'tensorflow_tiny-1.0-cp311-cp311-manylinux_2_27_x86_64.whl';

const WRITE_ZIP = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for name, text in json.loads(sys.argv[2]).items():
        archive.writestr(name, text)
`;

/** Writes a wheel with these members and returns its description. */
function makeWheel(
  folder: string,
  file: string,
  members: Record<string, string>,
  take: Wheel['take'],
): Wheel {
  const path = join(folder, file);
  const { status, stderr } = spawnSync('python3', ['-c', WRITE_ZIP, path, JSON.stringify(members)]);
  assert.equal(status, 0, String(stderr));
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { requirement: `${file}==1.0`, file, sha256, fileBytes: 1, unpackedBytes: 1, take };
}

function tinyTensorflow(folder: string): Wheel {
  const members = {
    'tensorflow/lib.so.2': 'library',
    'tensorflow/include/c/api.h': 'header',
    'tensorflow/python/large.so': 'not wanted',
  };
  return makeWheel(folder, FILE, members, [
    ['tensorflow/lib.so.2', 'lib/lib.so.2'],
    ['tensorflow/include/', 'include/'],
  ]);
}

interface Bench {
  readonly store: string;
  readonly wheels: Wheel[];
  readonly environment: NodeJS.ProcessEnv;
  readonly fill: () => Promise<string>;
}

async function setUpBench(context: TestContext): Promise<Bench> {
  const folder = await temporaryFolder(context);
  const wheels = [tinyTensorflow(folder)];
  const store = join(folder, 'store');
  const environment = { PATH: process.env.PATH, GLIMPSE_TENSORFLOW_WHEEL: join(folder, FILE) };
  const fill = () => fillRuntimeFolder({ store, name: '1.0-cpu', wheels, environment });
  return { store, wheels, environment, fill };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

test('only the wanted parts are unpacked, and the store is left tidy', async (context) => {
  const { store, fill } = await setUpBench(context);
  const runtime = await fill();
  assert.deepEqual(filesBelow(runtime), [`.complete/${FILE}`, 'include/c/api.h', 'lib/lib.so.2']);
  assert.equal(readFileSync(join(runtime, 'lib/lib.so.2'), 'utf8'), 'library');
  assert.deepEqual(readdirSync(store), ['1.0-cpu']);
});

test('a finished runtime is used as it is, without its wheel', async (context) => {
  const { environment, fill } = await setUpBench(context);
  const runtime = await fill();
  rmSync(String(environment.GLIMPSE_TENSORFLOW_WHEEL));
  writeFileSync(join(runtime, 'lib/lib.so.2'), 'in use');
  await fill();
  assert.equal(readFileSync(join(runtime, 'lib/lib.so.2'), 'utf8'), 'in use');
});

test('what a killed run left behind is replaced', async (context) => {
  const { store, fill } = await setUpBench(context);
  const runtime = join(store, '1.0-cpu');
  mkdirSync(join(runtime, 'lib'), { recursive: true });
  writeFileSync(join(runtime, 'lib/lib.so.2'), 'half');
  const dead = spawnSync('true').pid;
  mkdirSync(join(store, `.staging-${hostname()}-${dead}`));
  mkdirSync(join(store, '.staging-elsewhere-1'));
  await fill();
  assert.equal(readFileSync(join(runtime, 'lib/lib.so.2'), 'utf8'), 'library');
  assert.deepEqual(readdirSync(store).sort(), ['.staging-elsewhere-1', '1.0-cpu']);
});

test('a finished download is gone on from, a damaged one is not', async (context) => {
  const { store, wheels, environment, fill } = await setUpBench(context);
  const kept = join(store, 'wheels', FILE);
  mkdirSync(join(store, 'wheels'), { recursive: true });
  writeFileSync(kept, readFileSync(String(environment.GLIMPSE_TENSORFLOW_WHEEL)));
  delete environment.GLIMPSE_TENSORFLOW_WHEEL;
  const runtime = await fill();
  assert.equal(existsSync(kept), false);
  assert.equal(existsSync(join(runtime, 'lib/lib.so.2')), true);

  writeFileSync(kept, 'damaged');
  rmSync(runtime, { recursive: true });
  const emptyPath = { PATH: await temporaryFolder(context) };
  const request = { store, name: '1.0-cpu', wheels, environment: emptyPath };
  await assert.rejects(fillRuntimeFolder(request), { message: 'python3 is not installed' });
  assert.equal(existsSync(kept), false);
});

test('a wrong digest names file, both digests and the mend', async (context) => {
  const { store, environment, wheels, fill } = await setUpBench(context);
  const path = String(environment.GLIMPSE_TENSORFLOW_WHEEL);
  writeFileSync(path, 'other bytes');
  await assert.rejects(fill(), (error: Error & { mend: string }) => {
    assert.match(
      error.message,
      new RegExp(`^${path} has SHA-256 [0-9a-f]{64}, expected ${wheels[0].sha256}`),
    );
    assert.match(error.mend, /set GLIMPSE_TENSORFLOW_WHEEL to a good copy: python3 -m pip download/);
    return true;
  });
  assert.deepEqual(readdirSync(join(store, '1.0-cpu')), []);
});

test('a wheel without a wanted part is refused and leaves no mark', async (context) => {
  const { store, wheels, fill } = await setUpBench(context);
  wheels[0] = { ...wheels[0], take: [['tensorflow/absent.so', 'lib/absent.so']] };
  await assert.rejects(fill(), /could not be unpacked: the wheel has no tensorflow\/absent\.so/);
  assert.deepEqual(readdirSync(store), ['1.0-cpu']);
  assert.deepEqual(readdirSync(join(store, '1.0-cpu')), []);
});

test('too small a disk is told before anything is unpacked', async (context) => {
  const { wheels, fill } = await setUpBench(context);
  wheels[0] = { ...wheels[0], unpackedBytes: 1e18 };
  await assert.rejects(fill(), /needs 1000000000\.0 GB in .*, which has .* left/);
});

test('CUDA components become siblings under nvidia/', async (context) => {
  const { store, environment, wheels } = await setUpBench(context);
  const folder = join(String(environment.GLIMPSE_TENSORFLOW_WHEEL), '..');
  const cuda = ['cublas', 'cudnn'].map((component) =>
    makeWheel(
      folder,
      `nvidia_${component}_cu12-1.0-py3-none-manylinux2014_x86_64.whl`,
      { [`nvidia/${component}/lib/lib${component}.so`]: component, [`nvidia/${component}/include/x.h`]: '' },
      [[`nvidia/${component}/lib/`, `nvidia/${component}/lib/`]],
    ),
  );
  const request = { store, name: '1.0-gpu', wheels: [...wheels, ...cuda], environment };
  const runtime = await fillRuntimeFolder(request);
  assert.deepEqual(
    filesBelow(runtime).filter((file) => file.startsWith('nvidia')),
    ['nvidia/cublas/lib/libcublas.so', 'nvidia/cudnn/lib/libcudnn.so'],
  );
});

test('GLIMPSE_TENSORFLOW_WHEEL is a file or a folder, from where npm was called', async (context) => {
  const folder = await temporaryFolder(context);
  const wheel = tinyTensorflow(folder);
  const cuda = { ...wheel, file: 'nvidia_cublas_cu12-1.0-py3-none-manylinux2014_x86_64.whl' };
  const path = join(folder, FILE);
  assert.equal(localWheel(wheel, {}), null);
  assert.equal(localWheel(wheel, { GLIMPSE_TENSORFLOW_WHEEL: path }), path);
  assert.equal(localWheel(wheel, { GLIMPSE_TENSORFLOW_WHEEL: folder }), path);
  assert.equal(localWheel(wheel, { GLIMPSE_TENSORFLOW_WHEEL: FILE, INIT_CWD: folder }), path);
  assert.equal(localWheel(cuda, { GLIMPSE_TENSORFLOW_WHEEL: path }), null);
  const absent = join(folder, 'absent.whl');
  assert.throws(
    () => localWheel(wheel, { GLIMPSE_TENSORFLOW_WHEEL: absent }),
    /absent\.whl, which does not exist/,
  );
});

test('pip is told the tags of the file, whatever Python it runs in', () => {
  assert.deepEqual(pipTagArguments(FILE), [
    ...['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'],
    ...['--platform', 'manylinux_2_27_x86_64'],
  ]);
  assert.deepEqual(
    pipTagArguments('nvidia_x_cu12-1.0-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl'),
    [
      ...['--implementation', 'py', '--abi', 'none'],
      ...['--platform', 'manylinux2014_x86_64', '--platform', 'manylinux_2_17_x86_64'],
    ],
  );
});
