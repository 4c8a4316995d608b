// English: the Cases place.

import { count, counted } from '../../format.ts';

export const cases = {
  list: 'Cases',
  create: 'New case…',
  createTitle: 'New case',
  createText:
    'A case keeps probes, searches, decisions and notes. Items are only added; the audit log has a seal of each.',
  name: 'Title',
  make: 'Make the case',
  states: { open: 'open', closed: 'closed' },
  counts: (searches: number, decisions: number): string =>
    `${counted(searches, 'search', 'searches')} · ${counted(decisions, 'decision')}`,
  choose: 'Choose a case to read it.',
  by: (actor: string, when: string): string => `${actor}, ${when}`,
  tabs: { timeline: 'Timeline', audit: 'Audit' },
  close: 'Close case',
  reopen: 'Reopen case',
  export: 'Export…',
  searchInto: 'Search for this case',
  current: 'Searches and decisions go here',
  kinds: { probe: 'Probe', search: 'Search', note: 'Note', decision: 'Decision' },
  item: (number: number): string => `#${number}`,
  probeFaces: (faces: number): string => counted(faces, 'face'),
  searched: (results: number, faces: number, people: number): string =>
    `${counted(results, 'result')} from ${count(faces)} faces of ${count(people)} people`,
  withProbe: (item: number): string => `with probe #${item}`,
  parameters: 'Asked with',
  more: (many: number): string => `Show all ${count(many)} results`,
  less: 'Show fewer',
  purged: 'purged',
  decision: (rank: number, item: number): string => `on rank ${rank} of search #${item}`,
  replaced: 'replaced later',
  verdicts: {
    match: 'Match',
    'no-match': 'No match',
    inconclusive: 'Inconclusive',
    withdrawn: 'Withdrawn',
  },
  note: 'Note',
  addNote: 'Add note',
  notePlaceholder: 'What was seen, said, or decided',
  empty: 'Nothing in this case yet',
  emptyText: 'Search a face and add the search here, or write the first note.',
  closedNote: 'The case is closed: reopen it to add to it.',
  table: {
    rank: 'Rank',
    who: 'Who',
    score: 'Score',
    strangers: 'Strangers',
    camera: 'Camera',
    time: 'Time',
    decision: 'Decision',
  },
  unknown: (track: number | null): string => (track === null ? 'Unknown' : `Unknown ${track}`),
  audit: {
    checking: 'Holding the case against its log…',
    holds: 'The log is whole, and the case is as it says',
    broken: 'This case or its log was changed after the fact',
    checked: (entries: number, items: number): string =>
      `Checked now: the chain of ${counted(entries, 'entry', 'entries')} of this gallery’s log, hash by hash, and the seals of ${counted(items, 'item')} of this case.`,
    head: 'Head of the log',
    headMeaning: 'Written down elsewhere, it shows a log that was rewritten as a whole too.',
    again: 'Check again',
    columns: { sequence: 'No.', at: 'When', actor: 'Who', action: 'What', body: 'Content', hash: 'Hash' },
  },
  exporting: {
    title: (name: string): string => `Export ${name}`,
    text: 'Pictures, a page that opens in any browser, the items as JSON, the log’s extract, and a SHA-256 of every file. A PDF has the page alone.',
  },
} as const;
