// Measures an enrolment of face crops in the window: faces a second, and how long a call to the engine takes meanwhile.
//   xvfb-run -a node test/bench/window/enrol-rate.ts electron|web <home with the student> <student> <folder of crops>
// Prints one JSON line; the gallery that it makes stays in the home.

import { openShell } from '../../support/shells.ts';
import { spreadOf } from './spread.ts';

const [wanted = 'web', home, student, crops] = process.argv.slice(2);
if (crops === undefined) throw new Error('a shell, a home, a student and a folder of crops are wanted');

const gallery = `rate-${Date.now()}`;
const asked = {
  ...{ gallery, paths: [crops], reading: 'crops', subjects: 'none', anywhere: false, camera: null },
  ...{
    frames: { framesPerSecond: null, everyNth: 1, startedAtMs: null, leastChange: 0 },
    student,
    teacher: null,
  },
};

/** Runs in the page, which talks to the host as the window does. */
const script = `(async () => {
  const call = window.glimpse
    ? (channel, request) => window.glimpse.call(channel, request)
    : (channel, request) => fetch('/call', { method: 'POST', headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ channel, request }) }).then((reply) => reply.json());
  const ask = async (channel, request) => {
    const reply = await call(channel, request);
    if (!reply.ok) throw new Error(channel + ': ' + reply.error.message);
    return reply.value;
  };
  await ask('galleries.create', { gallery: ${JSON.stringify(gallery)} });
  const startedMs = performance.now();
  const { id } = await ask('enrolment.start', ${JSON.stringify(asked)});
  const calls = [];
  for (;;) {
    const askedMs = performance.now();
    await ask('runs.list', {});
    calls.push(performance.now() - askedMs);
    const job = (await ask('jobs.list', {})).find((each) => each.id === id);
    if (job.endedAt !== null) return { job, calls, seconds: (performance.now() - startedMs) / 1000 };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
})()`;

interface Measured {
  readonly job: {
    readonly state: string;
    readonly message: string | null;
    readonly outcome: { value: { faces: number } };
  };
  readonly calls: readonly number[];
  readonly seconds: number;
}

const shell = await openShell(wanted === 'electron' ? 'electron' : 'web', { home });
try {
  const { job, calls, seconds } = (await shell.page.evaluate(script)) as Measured;
  if (job.state !== 'done') throw new Error(job.message ?? job.state);
  const { faces } = job.outcome.value;
  const facesPerSecond = Math.round(faces / seconds);
  const result = {
    name: 'enrol-rate',
    shell: wanted,
    faces,
    seconds,
    facesPerSecond,
    engineCallMs: spreadOf(calls),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await shell.close();
}
