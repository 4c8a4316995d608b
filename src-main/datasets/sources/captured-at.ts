// Times as manifests write them.

const ISO_8601 =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Milliseconds since 1970 of an ISO 8601 date or date and time; without a zone it is UTC. Null for anything else, and
 * for days and hours that no calendar has.
 */
export function parseCapturedAt(text: string): number | null {
  const match = ISO_8601.exec(text.trim());
  if (match === null) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '0', zone = 'Z'] = match;
  const milliseconds = Math.floor(Number(`0.${fraction}`) * 1000);
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number);
  const asUtc = Date.UTC(y, mo - 1, d, h, mi, s, milliseconds);
  const date = new Date(asUtc);
  // Date.UTC lets the 31st of February pass for the 3rd of March.
  const isReal =
    date.getUTCMonth() === mo - 1 && date.getUTCDate() === d && h < 24 && mi < 60 && s < 60 && y > 0;
  return isReal ? asUtc - offsetMs(zone) : null;
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const [hours, minutes] = [zone.slice(1, 3), zone.slice(-2)].map(Number);
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
