import { OPERATION_HEADERS } from '../openapi/common-answers.ts';
import { Described, json } from '../openapi/describe.ts';
import { ACCEPTED } from '../openapi/shapes.ts';

export const CredentialsDescribed = Described({
  rotate: {
    summary: 'Rotate the credentials a cluster acts with in its cloud', description: 'From 1.12 on.',
    answers: { 202: json(ACCEPTED, 'They are being rotated.', OPERATION_HEADERS) }, refusals: [409],
  },
});
