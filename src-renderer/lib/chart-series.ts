// A line of a chart.

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface ChartSeries {
  readonly label: string;
  /** In the order of x. */
  readonly points: readonly ChartPoint[];
  /** Which of the theme's colours, from 0. */
  readonly colour: number;
  /** Which dash, from 0: tells runs apart without colour. */
  readonly dash: number;
  /** Single measurements are marked; curves of many points are not. */
  readonly hasMarks: boolean;
  /** A line unless it says otherwise; steps hold each value until the next x. */
  readonly form?: 'line' | 'steps' | 'points';
}
