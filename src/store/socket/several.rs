//! Several requests in one message, and their answers in one.
//!
//! Requests for what is no resource are dealt with as if each had come alone; so are answers that are too long to wait for
//! each other.

use std::borrow::Cow;

use super::ask::{Alike, Ask, Headers, Verb, is_uri_reference, no_reference};
use super::outgoing::{self, Outgoing};
use super::{Done, Ended, Socket, leads_to_resources, without_query};
use crate::store::http;
use crate::store::removals::Removals;
use crate::store::request::{Method, Refusal, Response};

impl Socket {
    pub(super) async fn asked_several(&mut self, alike: Alike<'_>) -> Result<(), Ended> {
        let Alike { ids, paths, method, authorization, headers } = alike;
        let session = self.session(&authorization).map_err(Refusal::from);
        let (mut asked, mut targets) = (Vec::with_capacity(ids.len()), Vec::with_capacity(ids.len()));
        for (id, path) in ids.into_iter().zip(paths) {
            if !is_uri_reference(&path) {
                self.send(Outgoing::text(no_reference(&id))).await?;
                continue;
            }
            if !leads_to_resources(without_query(&path)) {
                let method = Verb::Do { method, watch: false };
                let authorization = Cow::Borrowed(&*authorization);
                let headers = Headers::default();
                self.asked(Ask { id, path, method, authorization, headers, data: None }).await?;
                continue;
            }
            let target = session
                .as_ref()
                .map_err(Refusal::clone)
                .and_then(|session| http::target(method, without_query(&path), session));
            match target {
                Ok(target) => {
                    asked.push(id);
                    targets.push(target);
                }
                Err(refusal) => self.send(Outgoing::answer(&id, refusal.at(None))).await?,
            }
        }
        let mut others = targets.into_iter();
        let (Some(first), Ok(session)) = (others.next(), session) else { return Ok(()) };
        let (request, others) = (headers.request(method, first, session), others.collect());
        if method == Method::Get {
            let responses = self.store.read_each(request, others);
            return self.send_answers(asked.iter().map(|id| &**id), responses).await;
        }
        let (store, removals) = (self.store.clone(), Box::new(Removals { request, others }));
        let ids = asked.into_iter().map(Cow::into_owned).collect();
        self.pending.push(Box::pin(async move { Done::Several(ids, store.remove_each(removals).await) }));
        Ok(())
    }

    pub(super) async fn send_answers<'i>(
        &mut self,
        ids: impl Iterator<Item = &'i str>,
        responses: Vec<Response>,
    ) -> Result<(), Ended> {
        for answer in outgoing::answers(ids, responses) {
            self.send(answer).await?;
        }
        Ok(())
    }
}
