// The engine process: owns TensorFlow and ONNX Runtime, answers its parent, ends with it. `worker` does the jobs.

import { GlimpseError } from '../../common/errors.ts';
import { dataFolder } from '../../common/files.ts';
import { serve } from '../rpc/server.ts';
import { parentTransport } from '../rpc/transport.ts';
import { yieldToOthers } from '../yield.ts';
import { createEngineHandlers } from './engine-handlers.ts';
import type { EngineService } from './engine-service.ts';

// The window and its questions come first; what is left is the worker's, and on an idle machine that is everything.
if (process.argv.includes('worker')) yieldToOthers();

const VITALS_EVERY_MS = 2000;
const GRACE_MS = 4000;

const handlers = createEngineHandlers({
  dataFolder: dataFolder(),
  onTrainingEvent: (run, event) => server.announce('training', { run, event }),
});

const server = serve<EngineService>(parentTransport(process), handlers, () => {
  clearInterval(vitals);
  // A training that has been cancelled by now saves its checkpoint, and the process ends by itself.
  setTimeout(() => process.exit(0), GRACE_MS).unref();
});

const vitals = setInterval(
  () => server.announce('vitals', { rssMb: process.memoryUsage.rss() / 2 ** 20 }),
  VITALS_EVERY_MS,
);

process.on('unhandledRejection', (reason) => {
  // A cancelled call may leave a reading behind that nobody waits for.
  if (reason instanceof GlimpseError && reason.code === 'cancelled') return;
  throw reason;
});
