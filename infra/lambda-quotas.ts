/** Lambda's quota for all environment variables of a function together, in bytes of their JSON. */
export const MAX_ENVIRONMENT_BYTES = 4_096;
