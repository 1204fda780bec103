/** What a batch's triplets came to, before reduction. */
export interface TripletTally {
  /** Sum of all hinges. */
  readonly sum: number;
  /** How many triplets have a hinge above 0. */
  readonly active: number;
  /** How many triplets the selection allows. */
  readonly selected: number;
}

/** The factor that turns a tally's sum, and the sum's gradient, into the loss. */
export type Reduction = (tally: TripletTally) => number;

/**
 * Mean over the triplets whose hinge is above 0, so that triplets already in order do not water the gradient down
 * (`AvgNonZeroReducer` of pytorch-metric-learning). None active gives loss 0 and gradient 0.
 */
export const meanOfActive: Reduction = ({ active }) => (active === 0 ? 0 : 1 / active);

/** Mean over all selected triplets, whatever their hinge; the loss of a batch without triplets is 0. */
export const meanOfSelected: Reduction = ({ selected }) => (selected === 0 ? 0 : 1 / selected);
