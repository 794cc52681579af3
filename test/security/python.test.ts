import { describeAttacks } from './attacked';

describeAttacks('python');
