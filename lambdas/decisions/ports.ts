import type { CardPorts } from './cards/perform-act';
import type { Judges } from './contract';
import type { RunPorts } from './runs/approve-run';
import type { OrganisationIndex } from './rules/organisation-index';
import type { IssueLister } from './store/issue-lister';
import type { MeetingStore } from './store/meeting-store';
import type { AuditReader } from './store/read-audit';
import type { Ids } from '../platform/ids';

/** What the use cases of this service stand on. */
export interface Ports extends CardPorts, RunPorts {
  readonly ids: Ids;
  readonly issues: IssueLister;
  readonly entries: AuditReader;
  readonly meetings: MeetingStore;
  /** Everybody; no vectors are compared here, so that any will do. */
  readonly organisation: () => Promise<OrganisationIndex>;
  readonly judges: Judges;
}
