import { ignored, mandatory, readOnly, string, text } from '../wire/attribute.ts';
import { ResourceType } from '../wire/resource-type.ts';

/** What may be sent of a certificate: contract section 2.4. */
export const CERTIFICATE = new ResourceType('certificate', {
  cluster_uuid: mandatory(text()),
  links: readOnly(ignored()),
  csr: mandatory(string({ min: 1 })),
  // Taken and not looked at.
  pem: ignored(),
  ca_cert_type: string({}),
  created_at: readOnly(ignored()),
  updated_at: readOnly(ignored()),
});
