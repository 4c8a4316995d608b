// The process of the greeting service.

import { serve } from '../../src-main/processes/rpc/server.ts';
import { parentTransport } from '../../src-main/processes/rpc/transport.ts';
import type { GreetingService } from './greeting-service.ts';

const server = serve<GreetingService>(
  parentTransport(process),
  {
    hello: () => process.pid,
    echo: (params) => params,
    wait: () => new Promise<null>(() => {}),
    count: ({ value }) => {
      server.announce('counted', value);
      return null;
    },
  },
  () => process.exit(0),
);
