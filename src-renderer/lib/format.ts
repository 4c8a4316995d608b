// Numbers, times and sizes for people.

const NUMBER = new Intl.NumberFormat('en');
// Made once: to make one takes longer than to write a whole card.
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const SHORT_DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: '2-digit' });
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export function count(value: number): string {
  return NUMBER.format(Math.round(value));
}

/** `1 epoch`, `12 epochs`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${Math.round(value) === 1 ? one : many}`;
}

/** A share of 1 as `87.90 %`. */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

export function megabytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${Math.ceil(bytes / 1e3)} kB`;
}

/** Memory as MiB in, `3.1 GB` out. */
export function memory(megabytesUsed: number): string {
  return megabytesUsed >= 1000
    ? `${(megabytesUsed / 1024).toFixed(1)} GB`
    : `${Math.round(megabytesUsed)} MB`;
}

/** `45 s`, `34 min`, `2 h 05 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `24 Nov 2026` in local time, from milliseconds since 1970. */
export function dayOf(at: number): string {
  return DAY.format(at);
}

/** `24–28 Nov 2026` in local time, one day where both are the same; from milliseconds since 1970. */
export function daysOf(first: number, last: number): string {
  return DAY.formatRange(first, last);
}

/** `24 Nov 2026, 08:34` in local time. */
export function moment(iso: string): string {
  const date = new Date(iso);
  return `${DAY.format(date)}, ${TIME.format(date)}`;
}

/** `14 Nov 26, 08:34` in local time, from milliseconds since 1970. */
export function shortMoment(at: number): string {
  return `${shortDay(at)}, ${TIME.format(at)}`;
}

/** `14 Nov 26` in local time, from milliseconds since 1970. */
export function shortDay(at: number): string {
  return SHORT_DAY.format(at);
}

/** Four digits that matter: `0.0500`, `12.4`, `1.2e-5`. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(1);
  if (size >= 100) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 3);
}

/** A number as a field shows it: whole ones whole, others to six digits. */
export function plainNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** A digest's first figures. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

/** The last two names of a path, for narrow places; its whole stands in the title. */
export function shortPath(path: string): string {
  const names = path.split('/').filter(Boolean);
  return names.length <= 2 ? path : `…/${names.slice(-2).join('/')}`;
}
