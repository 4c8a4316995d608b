// Shows progress reports on stderr: a bar in a terminal, a line every few seconds elsewhere.

import { Presets, SingleBar } from 'cli-progress';
import type { ProgressReport, ProgressSink } from '../common/progress.ts';

export interface ProgressDisplay extends Disposable {
  readonly sink: ProgressSink;
  /** Writes a line without tearing the bar. */
  readonly note: (line: string) => void;
}

const LINE_EVERY_MS = 5000;

/** The display that suits the stream; disposing it ends an open bar. */
export function openProgressDisplay(stream: NodeJS.WriteStream): ProgressDisplay {
  return stream.isTTY ? openBar(stream) : openLines(stream, () => performance.now());
}

/** Plain lines: the first and the last report of a stage, and one every five seconds between. */
export function openLines(stream: NodeJS.WritableStream, nowMs: () => number): ProgressDisplay {
  let stage = '';
  let writtenMs = Number.NEGATIVE_INFINITY;
  return {
    sink(report) {
      const isLast = report.done >= report.total;
      const isDue = report.stage !== stage || isLast || nowMs() - writtenMs >= LINE_EVERY_MS;
      if (!isDue) return;
      stage = report.stage;
      writtenMs = nowMs();
      stream.write(`${formatReport(report)}\n`);
    },
    note(line) {
      stream.write(`${line}\n`);
    },
    [Symbol.dispose]() {},
  };
}

function openBar(stream: NodeJS.WriteStream): ProgressDisplay {
  const bar = new SingleBar(
    {
      stream,
      format: '{stage} {bar} {value}/{total} {unit} {remaining}',
      hideCursor: true,
      clearOnComplete: false,
      linewrap: false,
      // Ctrl-C is the command's to handle.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  let stage: string | null = null;
  function close(): void {
    if (stage !== null) bar.stop();
    stage = null;
  }
  return {
    sink(report) {
      const payload = { stage: report.stage, unit: report.unit, remaining: formatRemaining(report) };
      if (report.stage !== stage) {
        close();
        stage = report.stage;
        bar.start(report.total, report.done, payload);
      } else {
        bar.update(report.done, payload);
      }
      if (report.done >= report.total) close();
    },
    note(line) {
      // The bar redraws itself on the line below at its next update.
      if (stage !== null) stream.write('\r\x1b[K');
      stream.write(`${line}\n`);
    },
    [Symbol.dispose]: close,
  };
}

/** `embedding 512/12678 images, 2 min left`. */
export function formatReport(report: ProgressReport): string {
  const remaining = formatRemaining(report);
  const counts = `${report.stage} ${report.done}/${report.total} ${report.unit}`;
  return remaining === '' ? counts : `${counts}, ${remaining}`;
}

function formatRemaining({ done, total, etaSeconds }: ProgressReport): string {
  if (etaSeconds === null || done >= total) return '';
  if (etaSeconds < 90) return `${Math.ceil(etaSeconds)} s left`;
  const minutes = Math.round(etaSeconds / 60);
  return minutes < 120 ? `${minutes} min left` : `${(minutes / 60).toFixed(1)} h left`;
}
