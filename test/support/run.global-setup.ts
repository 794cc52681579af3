import { allBegun } from './beginnings';

/** Starts what the setups of the selected projects have named, and waits for it. */
export default allBegun;
