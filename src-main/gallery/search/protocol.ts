// The messages between a gallery's main thread, its search thread and that one's helpers: a closed union each way.

import type { ErrorCode } from '../../common/errors.ts';
import type { BlockHandle, SpaceLayout } from './layout.ts';
import type { SearchRequest } from './request.ts';
import type { Snapshot } from './row-ledger.ts';
import type { ScanControl, ScanResult, ScanTask } from './scan-task.ts';
import type { SearchOutcome } from './searcher.ts';

/** Which memory belongs to which space; every thread gets these, in order, before a search that needs them. */
export type SpaceMessage =
  | {
      readonly kind: 'attach';
      readonly space: number;
      readonly layout: SpaceLayout;
      readonly blocks: readonly BlockHandle[];
    }
  | { readonly kind: 'grow'; readonly space: number; readonly block: BlockHandle }
  | { readonly kind: 'detach'; readonly space: number };

export interface SearchMessage {
  readonly kind: 'search';
  readonly id: number;
  readonly space: number;
  readonly request: SearchRequest;
  readonly snapshot: Snapshot;
  readonly control: ScanControl;
}

export interface ScanMessage {
  readonly kind: 'scan';
  readonly id: number;
  readonly space: number;
  readonly task: ScanTask;
}

export type ToSearchThread = SpaceMessage | SearchMessage;
export type ToScanThread = SpaceMessage | ScanMessage;

/** `code` is null for a failure that nobody expected. */
export interface FailedReply {
  readonly kind: 'failed';
  readonly id: number;
  readonly code: ErrorCode | null;
  readonly message: string;
}

export type FromSearchThread =
  | { readonly kind: 'found'; readonly id: number; readonly outcome: SearchOutcome }
  | FailedReply;

export type FromScanThread =
  | { readonly kind: 'scanned'; readonly id: number; readonly result: ScanResult }
  | FailedReply;
