// The names of pickle's opcodes, protocols 0 to 5, for messages. Source: Python's pickletools.

/** What an opcode that this reader refuses would do. */
type Refusal =
  | 'imports'
  | 'calls'
  | 'asks outside the file'
  | 'belongs to protocol 0'
  | 'is no part of a .bin';

const REFUSED: Readonly<Record<Refusal, string>> = {
  imports: '82 EXT1, 83 EXT2, 84 EXT4, 69 INST',
  calls: '6f OBJ, 81 NEWOBJ, 92 NEWOBJ_EX',
  'asks outside the file': '50 PERSID, 51 BINPERSID, 97 NEXT_BUFFER, 98 READONLY_BUFFER',
  'belongs to protocol 0':
    '49 INT, 4c LONG, 53 STRING, 56 UNICODE, 46 FLOAT, 70 PUT, 67 GET, 6c LIST, 64 DICT',
  'is no part of a .bin':
    '47 BINFLOAT, 7d EMPTY_DICT, 73 SETITEM, 75 SETITEMS, 8f EMPTY_SET, 90 ADDITEMS, 91 FROZENSET, ' +
    '30 POP, 32 DUP, 31 POP_MARK, 8a LONG1, 8b LONG4',
};

/** Why an opcode is refused, its name first: `OBJ, which calls`. */
export function describeRefused(opcode: number): string {
  const hex = opcode.toString(16).padStart(2, '0');
  for (const [refusal, list] of Object.entries(REFUSED)) {
    const entry = list.split(', ').find((candidate) => candidate.startsWith(`${hex} `));
    if (entry !== undefined) return `${entry.slice(3)}, which ${refusal}`;
  }
  return `0x${hex}, which is no pickle opcode`;
}
