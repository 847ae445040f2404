// The current layout's tree, as far as posting needs it (@oada/jobs 5.x is not on npm).
const list = { _type: "application/vnd.oada.service.jobs.1+json" };

export const tree = {
  bookmarks: {
    _type: "application/vnd.oada.bookmarks.1+json",
    _rev: 0,
    services: {
      _type: "application/vnd.oada.services.1+json",
      _rev: 0,
      "*": {
        _type: "application/vnd.oada.service.1+json",
        _rev: 0,
        jobs: {
          ...list,
          pending: { ...list, "*": { _type: "application/vnd.oada.service.job.1+json" } },
        },
      },
    },
  },
};
