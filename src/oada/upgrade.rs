//! Opening a WebSocket by upgrading an HTTP request, so that proxies, certificates and headers are those of HTTP.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use reqwest::{StatusCode, Upgraded};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::endpoint::Endpoint;
use super::error::{Error, Method};
use super::http::{CONNECT_TIMEOUT, Connector, LONGEST_BODY, read_headers};
use super::letter::Several;
use super::reply::Reply;

/// Finds the server and opens a socket to it, within `limit`; says what it takes several of in one message.
pub(super) async fn connect(
    endpoint: &dyn Endpoint,
    connector: &Connector,
    limit: Duration,
) -> Result<(WebSocketStream<Upgraded>, Several), Error> {
    match tokio::time::timeout(limit.min(CONNECT_TIMEOUT), upgrade(endpoint, connector)).await {
        Ok(result) => result,
        // What is asked for is the root.
        Err(_) => Err(Error::Timeout { method: Method::Get, path: "/".to_owned() }),
    }
}

async fn upgrade(
    endpoint: &dyn Endpoint,
    connector: &Connector,
) -> Result<(WebSocketStream<Upgraded>, Several), Error> {
    let domain = endpoint.describe();
    let failed = |reason: String| Error::connection(&domain, io::Error::other(reason));
    let broken = |error: reqwest::Error| Error::connection(&domain, error.without_url());
    let mut url = endpoint.locate().await?;
    let client = connector.client(&url)?;
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    let key = generate_key();
    let response = client
        .get(url)
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(SEC_WEBSOCKET_KEY, &key)
        .send()
        .await
        .map_err(broken)?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let status = response.status().as_u16();
        let refused = Reply { status, headers: read_headers(&response), body: Bytes::new() };
        let refusal = refused.refusal(Method::Get, "/");
        return Err(if refusal.is_transient() { refusal } else { Error::NoWebSocket { domain, status } });
    }
    let accept = response.headers().get(SEC_WEBSOCKET_ACCEPT).map(|value| value.as_bytes());
    if accept != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(failed("what answered is not a WebSocket server".to_owned()));
    }
    let several = response.headers().get("x-oada-several").and_then(|value| value.to_str().ok());
    let several = Several::read(several.unwrap_or_default());
    let stream = response.upgrade().await.map_err(broken)?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(LONGEST_BODY))
        .max_frame_size(Some(LONGEST_BODY))
        .read_buffer_size(16 << 10);
    Ok((WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await, several))
}
