// `glimpse teacher list`: the teachers there are, with their licences.

import { dataFolder } from '../../common/files.ts';
import type { TeacherCard } from '../../engine/teacher/teacher-card.ts';
import { listTeachers } from '../../engine/teacher/teacher-store.ts';
import { textTable } from '../../evaluation/report-lines.ts';
import type { CommandModule } from '../command.ts';

interface ListedTeacher extends TeacherCard {
  readonly modelPath: string;
  readonly isDefault: boolean;
}

interface TeacherListResult {
  readonly teachers: readonly ListedTeacher[];
}

export const command: CommandModule<object, TeacherListResult> = {
  configure() {},

  async run() {
    const stored = await listTeachers(dataFolder());
    return { teachers: stored.map(({ card, modelPath, isDefault }) => ({ ...card, modelPath, isDefault })) };
  },

  describe({ teachers }) {
    if (teachers.length === 0)
      return 'no teachers: `npm run setup` brings the default one, `glimpse teacher import` any other';
    const header = ['name', 'input', 'embedding', 'pixels', 'licence', 'source'];
    return textTable(header, teachers.map(cellsOf)).join('\n');
  },
};

function cellsOf(teacher: ListedTeacher): string[] {
  const { inputSizePx, embeddingSize, channelOrder, pixelMean, pixelScale } = teacher;
  return [
    teacher.isDefault ? `${teacher.name} (default)` : teacher.name,
    `${inputSizePx}×${inputSizePx}`,
    String(embeddingSize),
    `${channelOrder.toUpperCase()}, (v − ${pixelMean}) / ${pixelScale}`,
    teacher.licence,
    teacher.source,
  ];
}
