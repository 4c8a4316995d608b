// English: ablation plans in Training.

export const ablations = {
  title: 'Ablations',
  plan: 'Ablation plan…',
  planTitle: 'Ablation plan',
  planText:
    'The paper’s Table V with the settings of this form: four students, one after the other, and FaceBN on the last. The same data, schedule and seed; only the terms of the loss differ.',
  name: 'Name',
  nameMeaning: 'Runs are called by it and their row',
  needs: 'It needs a validation folder and a teacher, because each row is measured.',
  atMost: (time: string): string => `At most ${time}: four times the training that the form describes`,
  unmeasured: 'Measure the pace first to see how long it takes.',
  start: 'Train the rows',
  rowsLabel: 'Rows',
  rows: {
    cls: 'Cls',
    'cls-iid': 'Cls + IID',
    'cls-rid': 'Cls + RID',
    'cls-iid-rid': 'Cls + IID + RID',
    'face-bn': 'Cls + IID + RID, FaceBN',
  },
  terms: 'Terms',
  run: 'Run',
  'lr-lr': 'LR-LR',
  'lr-hr': 'LR-HR',
  auc: 'AUC LR-LR',
  waiting: 'waiting',
  underWay: 'under way',
  show: (run: string): string => `Show run ${run}`,
  measuredOn:
    'Cross-validated accuracy on the validation pairs ± standard error; one seed, so small differences say little.',
} as const;
