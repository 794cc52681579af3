import { describeAttacks } from './attacked';

describeAttacks('node');
