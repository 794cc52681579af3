import type { Duration } from 'aws-cdk-lib';
import {
  GraphWidget,
  LegendPosition,
  MathExpression,
  Metric,
  TextWidget,
  type GraphWidgetProps,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { FIVE_MINUTES } from './alarm-spec';

/** What a dashboard is wide, in its own units. */
export const WHOLE_WIDTH = 24;

/** A part of the page: its heading, and below it graphs that share the rows evenly. */
export interface DashboardPart {
  readonly title: string;
  readonly inARow: number;
  readonly graphs: readonly Graph[];
}

export interface Graph {
  readonly title: string;
  readonly lines: readonly IMetric[];
  /** What is promised of it: a line across. */
  readonly promised?: number | undefined;
  /** true: lines are summands, one on the other. */
  readonly stacked?: boolean;
}

/** The part as rows of widgets. */
export const rowsOf = ({ title, inARow, graphs }: DashboardPart): IWidget[][] => [
  [new TextWidget({ markdown: `## ${title}`, width: WHOLE_WIDTH, height: 1 })],
  ...Array.from({ length: Math.ceil(graphs.length / inARow) }, (_, row) =>
    graphs.slice(row * inARow, (row + 1) * inARow).map((graph) => widget(graph, WHOLE_WIDTH / inARow)),
  ),
];

const widget = ({ title, lines, promised, stacked = false }: Graph, width: number): IWidget => {
  const more: GraphWidgetProps =
    promised === undefined ? {} : { leftAnnotations: [{ value: promised, label: 'promised' }] };
  return new GraphWidget({
    title,
    left: [...lines],
    stacked,
    width,
    height: 6,
    legendPosition: LegendPosition.BOTTOM,
    ...more,
  });
};

/** A formula over metrics. Ids are the names in `of`; in one graph an id is one metric. */
export const formula = (
  label: string,
  expression: string,
  of: Readonly<Record<string, IMetric>>,
  period: Duration = FIVE_MINUTES,
): MathExpression => new MathExpression({ label, expression, usingMetrics: { ...of }, period });

/** Metric of a function by its name: an import would keep the function from being taken away (ADR 0011). */
export const ofFunction = (functionName: string, metricName: string, statistic = 'Sum'): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    statistic,
    dimensionsMap: { FunctionName: functionName },
    label: functionName,
    period: FIVE_MINUTES,
  });
