"""Chat template goldens: what Jinja, as transformers sets it up, makes of conversations.

    pip install transformers jinja2
    python golden_chats.py ../../tokenizer/src/test/resources/golden/chats

The templates beside the result (*.jinja) are written for these tests in the manner of the published families: the same
constructs, other words. Every template renders every conversation; what it makes, or the message with which it refuses, is
in expected.json. strftime_now is stopped at 5 March 2026.
"""
import datetime
import glob
import json
import os
import sys

import jinja2
from transformers.utils import chat_template_utils as peer

USER = {"role": "user", "content": "  你好! What's 2+2?\n"}
ANSWER = {"role": "assistant", "content": "\n\n It's <4>.  "}
SYSTEM = {"role": "system", "content": "Be brief & \"kind\". "}
CALL = {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "id": "abcd12345", "function": {
    "name": "weather", "arguments": {"city": "Zürich <&>", "days": 3, "exact": True, "also": [1.5, None]}}}]}
RESULT = {"role": "tool", "name": "weather", "content": "{\"temp\": 7, \"sky\": \"it's grey\"}", "tool_call_id": "abcd12345"}
THOUGHT = {"role": "assistant", "content": "<think>\nlet me see\n</think>\n\nFour 👍🏽."}
TOOLS = [{"type": "function", "function": {
    "name": "weather", "description": "Tells the weather of a \"city\".",
    "parameters": {"type": "object", "properties": {
        "city": {"type": "string", "description": "Where: 城市"},
        "unit": {"type": "string", "enum": ["C", "F"], "description": "of degrees"},
        "days": {"type": "integer", "description": "how many", "default": 1},
        "hours": {"type": "array", "items": {"type": "number"}, "description": "which"}},
        "required": ["city"]}}}]
MORE = {"role": "user", "content": "and <|im_end|> [INST] then?"}

CONVERSATIONS = {
    "asked": ([USER], {"add_generation_prompt": True}),
    "answered": ([USER, ANSWER], {}),
    "instructed": ([SYSTEM, USER, ANSWER, MORE], {"add_generation_prompt": True}),
    "long": ([SYSTEM, USER, ANSWER, MORE, THOUGHT], {}),
    "thought": ([USER, THOUGHT, MORE], {"add_generation_prompt": True, "enable_thinking": False}),
    "twice": ([USER, USER], {}),
    "empty": ([{"role": "user", "content": ""}, {"role": "assistant", "content": ""}], {}),
    "tools": ([USER, CALL, RESULT, ANSWER], {"tools": TOOLS}),
    "tools_asked": ([SYSTEM, USER, CALL, RESULT], {"tools": TOOLS, "add_generation_prompt": True}),
    "builtin": ([USER, CALL], {"builtin_tools": ["weather", "code_interpreter"]}),
    "documents": ([USER], {"documents": [{"title": "t", "text": "the text"}, {"title": "u", "text": "more"}],
                           "controls": {"length": "short"}, "add_generation_prompt": True}),
}
TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 3, 5, 9, 7, 3)


def main(folder):
    peer.datetime = Clock
    cases = []
    for path in sorted(glob.glob(os.path.join(folder, "*.jinja"))):
        source = open(path, encoding="utf-8", newline="").read()
        name = os.path.basename(path)[:-len(".jinja")]
        for conversation, (messages, more) in CONVERSATIONS.items():
            variables = {"tools": None, "documents": None, "add_generation_prompt": False, **TOKENS, **more}
            case = {"template": name, "conversation": conversation, "messages": messages, "variables": variables}
            try:
                compiled = peer._compile_jinja_template(source)
                text, spans = peer._render_with_assistant_indices(
                    compiled_template=compiled, messages=messages, **{"tools": None, "documents": None, **variables})
                case["text"] = text
                case["generation"] = [list(s) for s in spans]
            except (jinja2.exceptions.TemplateError, TypeError) as e:
                case["error"] = str(e)
            cases.append(case)
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as out:
        json.dump(cases, out, ensure_ascii=False, indent=1)
        out.write("\n")
    print(len(cases), "cases,", sum("error" in c for c in cases), "refused")


if __name__ == "__main__":
    main(sys.argv[1])
