// The counting service as a process of its own; ends when its parent lets go.

import { serve } from '../../src-main/processes/rpc/server.ts';
import { parentTransport } from '../../src-main/processes/rpc/transport.ts';
import { type CountingService, countingHandlers } from './counting-service.ts';

serve<CountingService>(parentTransport(process), countingHandlers());

if (process.argv.includes('stubborn')) setInterval(() => {}, 1_000_000);
