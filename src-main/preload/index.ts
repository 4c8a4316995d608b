// The only thing that Electron's window gets from outside: one frozen object with `call` and `on`.

import { contextBridge, ipcRenderer } from 'electron';
import { BRIDGE_NAME, type Bridge, CALL_WIRE, EVENT_WIRE } from '../contract/bridge.ts';
import { isChannel } from '../contract/channels.ts';
import { isEvent } from '../contract/events.ts';
import { onDroppedPaths } from './dropped-paths.ts';

const bridge: Bridge = {
  call: (channel, request) => {
    // The host checks again: this only spares it the trip.
    if (!isChannel(channel)) {
      return Promise.resolve({
        ok: false,
        error: { code: 'bad-usage', message: 'there is no such channel' },
      });
    }
    return ipcRenderer.invoke(CALL_WIRE, channel, request);
  },
  on: (event, listener) => {
    if (!isEvent(event)) throw new TypeError('there is no such event');
    const tell = (value: unknown): void => listener(value as Parameters<typeof listener>[0]);
    // What is dropped comes from this side of the bridge, for the host does not see it.
    if (event === 'files.dropped') return onDroppedPaths((paths) => tell({ paths }));
    const hear = (_: unknown, name: unknown, value: unknown): void => {
      if (name === event) tell(value);
    };
    ipcRenderer.on(EVENT_WIRE, hear);
    return () => void ipcRenderer.removeListener(EVENT_WIRE, hear);
  },
};

contextBridge.exposeInMainWorld(BRIDGE_NAME, Object.freeze(bridge));
