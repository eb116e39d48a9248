//! Holds JSON against the schema the program publishes.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

/// Fails when `document` is not as the schema says, or has a key the schema does not know.
///
/// Keys may be added, so the published schema lets unknown ones pass; this one does not, for a key
/// that is added has to be described.
pub(crate) fn check(document: &Value) {
    let validator = match document.get("type").and_then(Value::as_str) {
        Some(_) => line(),
        None if document.get("inputs").is_some() => verification(),
        None => report(),
    };
    let problems: Vec<String> = validator
        .iter_errors(document)
        .take(5)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .map(|text| text.chars().take(500).collect())
        .collect();
    assert!(problems.is_empty(), "not as the schema says: {problems:#?}");
}

fn report() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| strict("report"))
}

fn verification() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| strict("verification"))
}

fn line() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        let mut schema = closed();
        let lines = schema["oneOf"].as_array_mut().expect("a list");
        lines.retain(|one| one["$ref"].as_str().is_some_and(|name| name.ends_with("Line")));
        jsonschema::validator_for(&schema).expect("a schema")
    })
}

/// The schema of one kind of document, without keys it does not know.
fn strict(name: &str) -> Validator {
    let mut schema = closed();
    schema.as_object_mut().expect("an object").remove("oneOf");
    schema["$ref"] = format!("#/$defs/{name}").into();
    jsonschema::validator_for(&schema).expect("a schema")
}

fn closed() -> Value {
    let mut schema: Value = serde_json::from_str(ocidiff::render::SCHEMA).expect("JSON");
    let definitions = schema["$defs"].as_object_mut().expect("definitions");
    // Those called KEYS are closed where they are used, together with what is added there.
    for (_, definition) in definitions.iter_mut().filter(|(name, _)| !name.ends_with("Keys")) {
        close(definition);
    }
    for (_, definition) in definitions.iter_mut().filter(|(name, _)| name.ends_with("Keys")) {
        definition["properties"].as_object_mut().expect("keys").values_mut().for_each(close);
    }
    schema
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            let is_object = map.contains_key("properties");
            let is_extended = map
                .get("$ref")
                .is_some_and(|it| it.as_str().is_some_and(|name| name.ends_with("Keys")));
            map.values_mut().for_each(close);
            if is_object || is_extended {
                map.insert("unevaluatedProperties".into(), false.into());
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}
