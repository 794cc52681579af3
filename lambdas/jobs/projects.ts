import { cutToBytes } from '../platform/text';
import type { UseCases } from '../platform/http/endpoint';
import { validate } from '../platform/http/validation';
import { ProjectRequest, type Project as ProjectView } from './contract';
import type { Ports } from './ports';
import type { Project } from './project-store';
import type { jobsRoutes } from './routes';

type Service = UseCases<typeof jobsRoutes>;

/** All of them must fit into one answer: descriptions are cut to this many bytes there, which ASCII never meets. */
const LISTED_DESCRIPTION_BYTES = 4_096;

export const listProjects =
  (ports: Ports): Service['listProjects'] =>
  async (_request, { principal }) => {
    const projects = await ports.projects.list(principal.workspace);
    return {
      body: projects.map((project) => {
        const view = toProject(project);
        return {
          ...view,
          description: view.description && cutToBytes(view.description, LISTED_DESCRIPTION_BYTES),
        };
      }),
    };
  };

/**
 * Makes a project, or gives the one of this name. Old clients send the name in the query, others in the body.
 * @throws AppError `VALIDATION_ERROR`, `PROJECT_NAME_CONFLICT`, `PROJECT_LIMIT_REACHED`
 */
export const createProject =
  (ports: Ports): Service['createProject'] =>
  async ({ query, body }, { principal }) => {
    const { project_name, description } = validate(ProjectRequest, {
      project_name: query.project_name ?? body?.project_name,
      description: query.description ?? body?.description,
    });
    return { body: toProject(await ports.projects.findOrCreate(principal.workspace, project_name, description)) };
  };

const toProject = ({ id, name, description }: Project): ProjectView => ({
  project_id: id,
  project: name,
  description,
});
