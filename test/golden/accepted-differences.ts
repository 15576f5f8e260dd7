/** A place where we do not answer as the recorded Magnum did, on purpose: `infra/docs/deviations.md`. */
export interface AcceptedDifference {
  /** Numbers of the recordings. */
  readonly recordings: readonly string[];
  /** As `Difference.field`. */
  readonly field: string;
  readonly reason: string;
}

const REFUSALS = [
  '013', '014', '016', '017', '025', '026', '028', '029', '031', '032', '034', '035', '037', '038', '040', '041',
  '043', '044', '046', '047', '053', '055', '056', '058', '059', '061', '067', '068', '070', '071', '073', '074',
  '076', '077', '079', '080', '082', '083', '086', '091', '092', '094', '103', '104', '107', '109', '112', '113', '115', '119', '125', '131', '133', '142',
  '146', '157',
];
const NEWER = 'Magnum has it since release 18.';

export const acceptedDifferences: readonly AcceptedDifference[] = [
  {
    recordings: REFUSALS, field: 'body.errors[0].request_id',
    reason: 'Magnum leaves it empty; ours is the id of the request, so that a user can name it.',
  },
  {
    recordings: ['062', '065', '095', '097', '098', '100', '101', '110', '116', '127', '151', '154', '155'], field: 'header location',
    reason: 'Our addition: the operation that was accepted can be watched there.',
  },
  { recordings: ['002'], field: 'body.credentials', reason: 'Magnum has it since release 21.' },
  {
    recordings: ['004'], field: 'header x-openstack-request-id',
    reason: 'Each of our answers has one; in Magnum the health check stands before the part that gives ids.',
  },
  { recordings: ['019', '020', '023', '049', '050', '052'], field: 'body.driver', reason: NEWER },
  { recordings: ['022', '149'], field: 'body.clustertemplates[0].driver', reason: NEWER },
  { recordings: ['020'], field: 'body.labels', reason: 'Later releases answer with an empty map.' },
  { recordings: ['049'], field: 'body.updated_at', reason: 'Magnum answers a patch with the time of the change before it.' },
  {
    recordings: ['088'], field: 'body.clusters[0].discovery_url',
    reason: 'Magnum asks a discovery service when it accepts a bay; here it is an output of the driver and shown when the bay is complete.',
  },
  {
    recordings: ['106'], field: 'body.nodegroups[0].status',
    reason: 'A resize of the workers leaves the masters as they are; to Magnum the default groups share one Heat stack.',
  },
  { recordings: ['118'], field: 'body.status_reason', reason: 'Heat’s sentence; here a status that needs no reason has none.' },
  { recordings: ['118'], field: 'body.node_labels', reason: 'Magnum has it since release 23.' },
  { recordings: ['118'], field: 'body.node_taints', reason: 'Magnum has it since release 23.' },
  { recordings: ['121', '122', '124'], field: 'body.bay_uuid', reason: 'Magnum has it no more since release 17.' },
  { recordings: ['143'], field: 'body.mservices[0].host', reason: 'The recorded service had not been told on which host it runs.' },
];
