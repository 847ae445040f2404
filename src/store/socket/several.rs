//! Several requests in one message, and their answers in one.
//!
//! Requests for what is no resource are dealt with as if each had come alone; so are answers that are too long to wait for
//! each other.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Bytes;

use super::ask::{Alike, Ask, Headers, Put, Verb, is_uri_reference, no_reference};
use super::outgoing::{self, Outgoing};
use super::{Done, Ended, Socket, leads_to_resources, without_query};
use crate::store::http;
use crate::store::removals::Removals;
use crate::store::request::{MAX_BODY, Method, Refusal, Request, Response};

impl Socket {
    pub(super) async fn asked_several(&mut self, alike: Alike<'_>) -> Result<(), Ended> {
        let Alike { ids, paths, puts, method, authorization, headers } = alike;
        let session = self.session(&authorization).map_err(Refusal::from);
        let (mut asked, mut targets) = (Vec::with_capacity(ids.len()), Vec::with_capacity(ids.len()));
        let (mut written, mut puts) = (Vec::with_capacity(puts.len()), puts.into_iter());
        for (id, path) in ids.into_iter().zip(paths) {
            let put = puts.next();
            if !is_uri_reference(&path) {
                self.send(Outgoing::text(no_reference(&id))).await?;
                continue;
            }
            let bare = without_query(&path);
            if !leads_to_resources(bare) {
                let method = Verb::Do { method, watch: false };
                let authorization = Cow::Borrowed(&*authorization);
                let headers = Headers::default();
                let data = put.map(|put| put.body);
                self.asked(Ask { id, path, method, authorization, headers, data }).await?;
                continue;
            }
            let target = session
                .as_ref()
                .map_err(Refusal::clone)
                .and_then(|session| http::target(method, bare, session));
            match target {
                Ok(_) if put.as_ref().is_some_and(|put| put.body.text.len() > MAX_BODY) => {
                    self.send(Outgoing::answer(&id, Refusal::too_large().at(None))).await?;
                }
                Ok(target) => {
                    asked.push(id);
                    written.extend(put);
                    targets.push(target);
                }
                Err(refusal) => self.send(Outgoing::answer(&id, refusal.at(None))).await?,
            }
        }
        let mut others = targets.into_iter();
        let (Some(first), Ok(session)) = (others.next(), session) else { return Ok(()) };
        if method == Method::Put {
            let request = |(target, put): (_, Put<'_>)| Request {
                if_match: put.if_match.map(Cow::into_owned),
                body: Some(Bytes::copy_from_slice(put.body.text.as_bytes())),
                is_plain: put.body.is_plain,
                ..headers.clone().request(method, target, Arc::clone(&session))
            };
            let requests = std::iter::once(first).chain(others).zip(written).map(request).collect();
            let (store, ids) = (self.store.clone(), asked.into_iter().map(Cow::into_owned).collect());
            self.wait_for(Box::pin(async move { Done::Several(ids, store.write_each(requests).await) }));
            return Ok(());
        }
        let (request, others) = (headers.request(method, first, session), others.collect());
        if method == Method::Get {
            let responses = self.store.read_each(request, others, self.watches.ahead.is_on());
            return self.send_answers(asked.iter().map(|id| &**id), responses).await;
        }
        let (store, removals) = (self.store.clone(), Box::new(Removals { request, others }));
        let ids = asked.into_iter().map(Cow::into_owned).collect();
        self.wait_for(Box::pin(async move { Done::Several(ids, store.remove_each(removals).await) }));
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
