package dev.starling.openinference;

/** JSON Schemas of the protocol's bodies, for the documentation. */
final class ProtocolSchemas {
  static final String OBJECT =
      """
      {"type":"object"}""";

  static final String SERVER =
      """
      {"type":"object","required":["name","version","extensions"],"properties":{
        "name":{"type":"string"},
        "version":{"type":"string"},
        "extensions":{"type":"array","items":{"type":"string"}}}}""";

  private static final String TENSOR_RECORDS =
      """
      {"type":"array","items":{"type":"object","required":["name","datatype","shape"],"properties":{
        "name":{"type":"string"},
        "datatype":{"type":"string"},
        "shape":{"type":"array","items":{"type":"integer"},"description":"-1 for any length"}}}}""";

  static final String MODEL =
      """
      {"type":"object","required":["name","versions","platform","inputs","outputs"],"properties":{
        "name":{"type":"string"},
        "versions":{"type":"array","items":{"type":"string"}},
        "platform":{"type":"string"},
        "inputs":%s,
        "outputs":%s}}"""
          .formatted(TENSOR_RECORDS, TENSOR_RECORDS);

  private static final String TENSORS =
      """
      {"type":"array","items":{"type":"object","required":["name","datatype","shape"],"properties":{
        "name":{"type":"string"},
        "datatype":{"enum":["BOOL","UINT8","UINT16","UINT32","UINT64","INT8","INT16","INT32","INT64",
          "FP16","FP32","FP64","BYTES"]},
        "shape":{"type":"array","items":{"type":"integer","minimum":0}},
        "parameters":{"type":"object","properties":{
          "binary_data_size":{"type":"integer","minimum":0}}},
        "data":{"type":"array","description":"Row-major, flat or nested like the shape"}}}}""";

  static final String INFER_REQUEST =
      """
      {"type":"object","required":["inputs"],"properties":{
        "id":{"type":"string"},
        "parameters":{"type":"object","properties":{
          "timeout":{"type":"integer","description":"Microseconds"},
          "priority":{"type":"integer","description":"1 is the most urgent"},
          "binary_data_output":{"type":"boolean"}}},
        "inputs":%s,
        "outputs":{"type":"array","items":{"type":"object","required":["name"],"properties":{
          "name":{"type":"string"},
          "parameters":{"type":"object","properties":{"binary_data":{"type":"boolean"}}}}}}}}"""
          .formatted(TENSORS);

  static final String INFER_ANSWER =
      """
      {"type":"object","required":["model_name","model_version","outputs"],"properties":{
        "model_name":{"type":"string"},
        "model_version":{"type":"string"},
        "id":{"type":"string"},
        "outputs":%s}}"""
          .formatted(TENSORS);

  static final String INDEX =
      """
      {"type":"array","items":{"type":"object",
        "required":["name","version","state","reason","nodes"],"properties":{
        "name":{"type":"string"},
        "version":{"type":"string"},
        "state":{"enum":["LOADING","READY","UNLOADING","UNAVAILABLE"]},
        "reason":{"type":"string"},
        "nodes":{"type":"array","items":{"type":"object","properties":{
          "node":{"type":"string"},
          "state":{"type":"string"},
          "reason":{"type":"string"},
          "preferred":{"type":"boolean"}}}}}}}""";

  static final String EMBEDDING_REQUEST =
      """
      {"type":"object","required":["model","input"],"additionalProperties":false,"properties":{
        "model":{"type":"string"},
        "input":{"oneOf":[{"type":"string"},{"type":"array","items":{"type":"string"}}]},
        "encoding_format":{"enum":["float","base64"],"default":"float"},
        "dimensions":{"type":"integer"},
        "user":{"type":"string"}}}""";

  static final String EMBEDDINGS =
      """
      {"type":"object","required":["object","data","model"],"properties":{
        "object":{"const":"list"},
        "data":{"type":"array","items":{"type":"object","properties":{
          "object":{"const":"embedding"},
          "index":{"type":"integer"},
          "embedding":{"oneOf":[{"type":"array","items":{"type":"number"}},
            {"type":"string","description":"base64 of little-endian FP32"}]}}}},
        "model":{"type":"string"},
        "usage":{"type":"object","description":"Only of models that count tokens","properties":{
          "prompt_tokens":{"type":"integer"},
          "total_tokens":{"type":"integer"}}}}}""";

  private ProtocolSchemas() {}
}
