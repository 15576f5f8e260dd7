import { barbicanSecretsContract } from '../testing/barbican-secrets.contract.ts';
import { RealBarbican } from '../testing/real-barbican.ts';

barbicanSecretsContract('a real Barbican', () => RealBarbican.start());
