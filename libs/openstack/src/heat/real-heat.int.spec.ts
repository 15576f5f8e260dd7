import { heatStacksContract } from '../testing/heat-stacks.contract.ts';
import { RealHeat } from '../testing/real-heat.ts';

heatStacksContract('a real Heat', () => RealHeat.start());
