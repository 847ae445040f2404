//! Several DELETEs in one write.
//!
//! Values and links of one resource that are removed one after the other are one change of it, so they climb to its parents,
//! and are told to who watches, once. Whatever else is among them is done as if it had come alone.

use super::apply::success;
use super::changes::Event;
use super::db::Batch;
use super::delete::{self, Removal};
use super::document::{Editor, Links, Removed, is_own};
use super::error::Fault;
use super::graph::{self, Place, Spot};
use super::key::{self, DocPath, META_KEY};
use super::request::{Request, Response, Target};
use super::row::{Header, Written};

/// DELETEs that differ in what they are about alone.
#[derive(Debug)]
pub(super) struct Removals {
    /// The first of them.
    pub(super) request: Request,
    /// What the others are about.
    pub(super) others: Vec<Target>,
}

impl Removals {
    pub(super) fn count(&self) -> usize {
        1 + self.others.len()
    }

    fn targets(&self) -> impl Iterator<Item = &Target> {
        std::iter::once(&self.request.target).chain(&self.others)
    }
}

/// Does them in turn, or refuses one without a trace. The answers are in their order.
pub(super) fn apply(
    batch: &mut Batch<'_>,
    removals: &Removals,
    now: f64,
    events: &mut Vec<Event>,
) -> Result<Vec<Response>, Fault> {
    let request = &removals.request;
    let mut answers = Vec::with_capacity(removals.count());
    let mut run: Option<Run<'_>> = None;
    for target in removals.targets() {
        let joined = match &mut run {
            Some(run) => run.join(batch, request, target)?,
            None => None,
        };
        if let Some(answer) = joined {
            answers.push(answer);
            continue;
        }
        if let Some(run) = run.take() {
            run.end(batch, request, now, events)?;
        }
        let place = graph::resolve(batch, &target.start, target.segments.clone())?;
        let removal = delete::removal(batch, request, &place)?;
        answers.push(match begin(request, &removal) {
            Some((begun, from)) => run.insert(begun).remove_at(batch, target, &place, from)?,
            None => delete::carry_out(batch, request, &place, removal, now, events)?
                .unwrap_or_else(|refusal| refusal.at(Some(&place))),
        });
    }
    if let Some(run) = run {
        run.end(batch, request, now, events)?;
    }
    Ok(answers)
}

/// A run that begins with this removal, if others may join it.
fn begin<'r, 'p>(request: &Request, removal: &Removal<'p>) -> Option<(Run<'r>, Spot<'p>)> {
    let from = may_join(request, removal)?;
    let (resource, header) = (from.resource.to_owned(), from.header?.clone());
    Some((Run { resource, header, stale: false, paths: Vec::new(), longest: 0, beside: None }, from))
}

/// Where a removal takes place that may be one of a run: it is a plain member of a resource that may be written, and no
/// condition has been put to the rev, which is another after each.
fn may_join<'p>(request: &Request, removal: &Removal<'p>) -> Option<Spot<'p>> {
    let Removal::Member { from, array_depth: None } = removal else { return None };
    let plain = from.path.first().is_some_and(|first| first != META_KEY)
        && *from.resource != *request.session.user.shares
        && request.if_match.is_none()
        && request.if_none_match.is_none();
    plain.then_some(*from)
}

/// Removals from one resource, one after the other, that are to be one change.
struct Run<'r> {
    resource: String,
    /// As it will be after the change.
    header: Header,
    /// Whether the row of the header is from before the last removal.
    stale: bool,
    /// What has been removed; none of these leads to another.
    paths: Vec<DocPath>,
    /// The length of the longest of them.
    longest: usize,
    beside: Option<Beside<'r>>,
}

/// Where the last removal took place that was looked up from the beginning: what stands beside it need not be.
struct Beside<'r> {
    start: &'r str,
    /// The way to the object, as it was asked for.
    way: &'r [String],
    /// The path of the object in the resource.
    path: DocPath,
    segments: Vec<String>,
}

impl<'r> Run<'r> {
    /// Does a DELETE as one of the run and answers it; `None` if it is none, and nothing has been done.
    fn join(
        &mut self,
        batch: &mut Batch<'_>,
        request: &Request,
        target: &'r Target,
    ) -> Result<Option<Response>, Fault> {
        if let Some(answer) = self.join_beside(batch, target)? {
            return Ok(Some(answer));
        }
        if std::mem::take(&mut self.stale) {
            batch.put(&key::header(&self.resource), &self.header.to_bytes())?;
        }
        let place = graph::resolve(batch, &target.start, target.segments.clone())?;
        let removal = delete::removal(batch, request, &place)?;
        match (&removal, may_join(request, &removal)) {
            (_, Some(from))
                if from.resource == self.resource
                    && !self.leads_to_removed(&DocPath::from_segments(from.path)) =>
            {
                self.remove_at(batch, target, &place, from).map(Some)
            }
            (Removal::Nothing { resource, rev }, _)
                if *resource == self.resource && *rev == self.header.rev =>
            {
                Ok(Some(success(204, &place, resource, *rev)))
            }
            _ => Ok(None),
        }
    }

    /// The same for what stands beside the last removal. Who may remove that may remove this.
    fn join_beside(&mut self, batch: &mut Batch<'_>, target: &Target) -> Result<Option<Response>, Fault> {
        let (Some(beside), Some((name, way))) = (&self.beside, target.segments.split_last()) else {
            return Ok(None);
        };
        let same = target.start == beside.start && way == beside.way;
        if !same || beside.segments.is_empty() && is_own(name) {
            return Ok(None);
        }
        let mut path = beside.path.clone();
        path.push(name);
        if self.leads_to_removed(&path) {
            return Ok(None);
        }
        let removed = self.remove(batch, path)?;
        let mut answer = Response::new(204);
        match (removed, &mut self.beside) {
            (Some(Removed::Link(to)), _) => answer.place_at(&to, &[]),
            (_, Some(Beside { segments, .. })) => {
                segments.push(name.clone());
                answer.place_at(&self.resource, segments);
                segments.pop();
            }
            (_, None) => {}
        }
        answer.rev = Some((self.resource.clone(), self.header.rev));
        Ok(Some(answer))
    }

    /// Whether something below this path has been removed. The two cannot stand in one body.
    fn leads_to_removed(&self, path: &DocPath) -> bool {
        let path = path.as_bytes();
        self.longest > path.len() && self.paths.iter().any(|removed| removed.as_bytes().starts_with(path))
    }

    /// Removes what `target` has been found to be about.
    fn remove_at(
        &mut self,
        batch: &mut Batch<'_>,
        target: &'r Target,
        place: &Place,
        from: Spot<'_>,
    ) -> Result<Response, Fault> {
        self.remove(batch, DocPath::from_segments(from.path))?;
        // A way through the resource itself may be gone after the next.
        let through_itself = from.passed.iter().any(|(passed, _)| *passed == self.resource);
        let ends = (target.segments.split_last(), from.path.split_last());
        self.beside = match ends {
            (Some((_, way)), Some((_, segments))) if !through_itself => Some(Beside {
                start: &target.start,
                way,
                path: DocPath::from_segments(segments),
                segments: segments.to_vec(),
            }),
            _ => None,
        };
        Ok(success(204, place, from.resource, self.header.rev))
    }

    fn remove(&mut self, batch: &mut Batch<'_>, path: DocPath) -> Result<Option<Removed>, Fault> {
        let mut editor = Editor::new(batch, &self.resource, Links::Follow);
        let removed = editor.remove_from(&mut self.header, &path)?;
        if removed.is_some() {
            self.header.rev += u64::from(self.paths.is_empty());
            self.stale = true;
            self.longest = self.longest.max(path.as_bytes().len());
            self.paths.push(path);
        }
        Ok(removed)
    }

    /// Writes the change down.
    fn end(
        mut self,
        batch: &mut Batch<'_>,
        request: &Request,
        now: f64,
        events: &mut Vec<Event>,
    ) -> Result<(), Fault> {
        let written = match self.paths.len() {
            0 => return Ok(()),
            1 => Written::Delete(self.paths.swap_remove(0)),
            _ => Written::DeleteSeveral(self.paths),
        };
        delete::put_down(batch, request, &self.resource, &mut self.header, written, now, events)
    }
}
