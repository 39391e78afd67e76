//! Smithy RPC v2 CBOR, after <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>:
//! a map in, a map out.
//!
//! A time is a number of seconds here. In CBOR it is tagged, because clients distinguish
//! times from numbers by that tag alone. CloudWatch's names show which fields are times.

use std::borrow::Cow;

use minicbor::data::{IanaTag, Tag, Type};
use minicbor::{Decoder, Encoder, decode};
use serde_json::{Map, Number, Value, json};

use super::exchange::{Answer, Asked, Unread};
use super::{Call, cloudwatch};
use region_core::api::{Api, ApiError};

/// Before and after the service in the path of an operation of CloudWatch.
const CLOUD_WATCH: &str = "/service/GraniteServiceVersion20100801/operation/";

/// The deepest nesting: more than AWS accepts, and shallow enough to be read by recursion.
const DEEPEST: usize = 32;

/// Whether requests of this path are for this protocol.
pub(super) fn speaks(path: &str) -> bool {
    path.starts_with("/service/")
}

pub(super) fn read(path: &str, body: Result<Cow<'_, [u8]>, String>) -> Result<Call, Unread> {
    let refused = |code, message| Unread::new(Api::CloudWatch, code, message);
    let operation = path
        .strip_prefix(CLOUD_WATCH)
        .ok_or_else(|| refused("UnknownOperationException", format!("no operation {path} here")))?;
    let input = body.and_then(|body| whole(&body).map_err(|error| error.to_string()));
    let input = input.map_err(|error| refused("SerializationException", error))?;
    Ok(Call::new(Api::CloudWatch, operation, input))
}

/// An operation without input has no body.
fn whole(body: &[u8]) -> Result<Value, decode::Error> {
    if body.is_empty() { Ok(json!({})) } else { value(&mut Decoder::new(body), 0) }
}

pub(super) fn write(asked: Asked<'_>, answer: Result<Value, ApiError>) -> Answer {
    let (status, body, error) = match answer {
        Ok(output) => (200, output, None),
        Err(error) => {
            let status = cloudwatch::status(&error, asked.query_mode);
            (status, cloudwatch::body(&error), Some(cloudwatch::query_error(&error)))
        }
    };
    let mut encoder = Encoder::new(Vec::new());
    if put(&mut encoder, None, &body).is_err() {
        return Answer::unwritable(asked);
    }
    let answer = Answer::new(status, "application/cbor", asked, encoder.into_writer())
        .with("smithy-protocol", "rpc-v2-cbor".to_owned());
    match error {
        Some(error) => answer.with("x-amzn-query-error", error),
        None => answer,
    }
}

fn value(decoder: &mut Decoder<'_>, depth: usize) -> Result<Value, decode::Error> {
    if depth > DEEPEST {
        return Err(decode::Error::message("the body is nested too deep"));
    }
    Ok(match decoder.datatype()? {
        Type::Bool => Value::Bool(decoder.bool()?),
        Type::Null | Type::Undefined => {
            decoder.skip()?;
            Value::Null
        }
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => decoder.u64()?.into(),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => decoder.i64()?.into(),
        Type::F16 | Type::F32 | Type::F64 => {
            let number = decoder.f64()?;
            // JSON has no NaN and no infinity; the operation refuses their texts.
            Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
        }
        Type::String | Type::StringIndef => {
            decoder.str_iter()?.collect::<Result<String, _>>()?.into()
        }
        Type::Tag => {
            let tag = decoder.tag()?;
            if tag != Tag::from(IanaTag::Timestamp) {
                return Err(decode::Error::tag_mismatch(tag));
            }
            value(decoder, depth + 1)?
        }
        Type::Array | Type::ArrayIndef => {
            let mut left = decoder.array()?;
            let mut items = Vec::new();
            while another(decoder, &mut left)? {
                items.push(value(decoder, depth + 1)?);
            }
            Value::Array(items)
        }
        Type::Map | Type::MapIndef => {
            let mut left = decoder.map()?;
            let mut fields = Map::new();
            while another(decoder, &mut left)? {
                let name = decoder.str_iter()?.collect::<Result<String, _>>()?;
                fields.insert(name, value(decoder, depth + 1)?);
            }
            Value::Object(fields)
        }
        other => return Err(decode::Error::type_mismatch(other)),
    })
}

/// Whether a list or map has another item, with or without a length in its header.
fn another(decoder: &mut Decoder<'_>, left: &mut Option<u64>) -> Result<bool, decode::Error> {
    match left {
        Some(0) => Ok(false),
        Some(count) => {
            *count -= 1;
            Ok(true)
        }
        None if decoder.datatype()? == Type::Break => {
            decoder.skip()?;
            Ok(false)
        }
        None => Ok(true),
    }
}

type Cbor = Encoder<Vec<u8>>;
type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn put(encoder: &mut Cbor, name: Option<&str>, value: &Value) -> Written {
    match value {
        Value::Null => encoder.null()?.ok(),
        Value::Bool(truth) => encoder.bool(*truth)?.ok(),
        Value::Number(number) => {
            let time = name.is_some_and(|name| name.contains("Timestamp"));
            if time {
                encoder.tag(IanaTag::Timestamp)?;
            }
            match number.as_i64() {
                Some(whole) if !time => encoder.i64(whole)?.ok(),
                _ => encoder.f64(number.as_f64().unwrap_or_default())?.ok(),
            }
        }
        Value::String(text) => encoder.str(text)?.ok(),
        Value::Array(items) => {
            encoder.array(items.len() as u64)?;
            items.iter().try_for_each(|item| put(encoder, name, item))
        }
        Value::Object(fields) => {
            let there = || fields.iter().filter(|(_, value)| !value.is_null());
            encoder.map(there().count() as u64)?;
            there().try_for_each(|(name, value)| {
                encoder.str(name)?;
                put(encoder, Some(name), value)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIBE: &str = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";

    const ID: &str = "6a3e7d0c-41f2-4c1f-9d7e-5b8a90c2f3d4";
    const ASKED: Asked<'_> =
        Asked { api: Api::CloudWatch, operation: "DescribeAlarms", id: ID, query_mode: true };

    fn read(path: &str, body: &[u8]) -> Result<Call, ApiError> {
        super::read(path, Ok(Cow::Borrowed(body))).map_err(|unread| unread.error)
    }

    /// The map that `write` fills in.
    fn body(write: impl FnOnce(&mut Encoder<Vec<u8>>)) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        write(&mut encoder);
        encoder.into_writer()
    }

    #[test]
    fn a_request_as_the_sdk_writes_it_becomes_json() {
        let bytes = body(|cbor| {
            cbor.begin_map().unwrap().str("AlarmNames").unwrap();
            cbor.array(2).unwrap().str("a").unwrap().str("b").unwrap();
            cbor.str("MaxRecords").unwrap().i32(100).unwrap();
            cbor.str("Threshold").unwrap().f64(-0.5).unwrap();
            cbor.str("ReturnData").unwrap().bool(true).unwrap();
            cbor.str("StartTime").unwrap().tag(IanaTag::Timestamp).unwrap();
            cbor.f64(1_790_000_000.5).unwrap().end().unwrap();
        });
        let call = read(DESCRIBE, &bytes).unwrap();
        assert_eq!((call.api, call.operation.as_str()), (Api::CloudWatch, "DescribeAlarms"));
        assert_eq!(
            call.input,
            json!({"AlarmNames": ["a", "b"], "MaxRecords": 100, "Threshold": -0.5,
                "ReturnData": true, "StartTime": 1_790_000_000.5})
        );
        assert_eq!(read(DESCRIBE, b"").unwrap().input, json!({}));
    }

    #[test]
    fn a_request_that_cannot_be_read_is_refused() {
        let deep = body(|cbor| {
            (0..1_000_000).for_each(|_| _ = cbor.array(1).unwrap());
        });
        let bytes = body(|cbor| _ = cbor.bytes(b"blob").unwrap());
        let tagged = body(|cbor| _ = cbor.tag(Tag::new(99)).unwrap().u8(1).unwrap());
        for malformed in [&deep, &bytes, &tagged, &vec![0xbf, 0x61], &vec![0xba, 0xff]] {
            let error = read(DESCRIBE, malformed).unwrap_err();
            assert_eq!(error.code, "SerializationException", "{error}");
        }
        let path = "/service/Other/operation/DescribeAlarms";
        assert_eq!(read(path, b"").unwrap_err().code, "UnknownOperationException");
    }

    #[test]
    fn an_answer_tags_times_and_leaves_out_what_is_not_there() {
        let answer = write(
            ASKED,
            Ok(json!({
                "Period": 60, "StateUpdatedTimestamp": 1_790_000_000, "Threshold": 70.0,
                "Timestamps": [1.5], "AlarmDescription": null,
            })),
        );
        let expected = body(|cbor| {
            cbor.map(4).unwrap().str("Period").unwrap().i64(60).unwrap();
            cbor.str("StateUpdatedTimestamp").unwrap().tag(IanaTag::Timestamp).unwrap();
            cbor.f64(1_790_000_000.0).unwrap();
            cbor.str("Threshold").unwrap().f64(70.0).unwrap();
            cbor.str("Timestamps").unwrap().array(1).unwrap();
            cbor.tag(IanaTag::Timestamp).unwrap().f64(1.5).unwrap();
        });
        assert_eq!((answer.status, answer.body), (200, expected));
        let headers = [
            ("content-type", "application/cbor"),
            ("x-amzn-requestid", ID),
            ("smithy-protocol", "rpc-v2-cbor"),
        ];
        assert_eq!(answer.headers, headers.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn an_error_names_its_type_and_its_code() {
        let error = ApiError::client("InvalidFormat", "no JSON");
        let answer = write(ASKED, Err(error));
        let shape = "com.amazonaws.cloudwatch.v2010_08_01#InvalidFormatFault";
        let expected = body(|cbor| {
            cbor.map(2).unwrap().str("__type").unwrap().str(shape).unwrap();
            cbor.str("message").unwrap().str("no JSON").unwrap();
        });
        assert_eq!((answer.status, answer.body), (400, expected));
        let header = ("x-amzn-query-error", "InvalidFormat;Sender".to_owned());
        assert!(answer.headers.contains(&header));
    }

    #[test]
    fn a_number_that_json_lacks_is_read_as_a_text() {
        let bytes = body(|cbor| {
            cbor.map(2).unwrap().str("A").unwrap().f64(f64::NAN).unwrap();
            cbor.str("B").unwrap().f64(f64::NEG_INFINITY).unwrap();
        });
        assert_eq!(read(DESCRIBE, &bytes).unwrap().input, json!({"A": "NaN", "B": "-inf"}));
    }
}
