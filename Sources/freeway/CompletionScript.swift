// SPDX-License-Identifier: Apache-2.0

/// What `--generate-completion-script` prints.
enum CompletionScript {
    /// The parser's script, made fit for words such as `wan=in.pcap` and `1s:link-down=wan`: bash takes them apart
    /// at `=` and `:`, and puts a space behind what it completed.
    static func adapted(_ script: String) -> String {
        guard script.hasPrefix("#!/bin/bash\n") else { return script }
        return script.replacing(
            "complete -o filenames -F _freeway freeway",
            with: bashWholeWords + "complete -o filenames -F _freeway_whole_words freeway")
    }

    private static let bashWholeWords = #"""
        _freeway_whole_words() {
            local -a whole=()
            local rest="${COMP_LINE}" word
            local -i index at=0
            for index in "${!COMP_WORDS[@]}"; do
                word="${COMP_WORDS[index]}"
                if [[ "${#whole[@]}" -gt 0 && -n "${word}" && "${rest}" != [[:space:]]* ]]; then
                    whole[${#whole[@]}-1]+="${word}"
                else
                    whole+=("${word}")
                fi
                rest="${rest#"${rest%%[![:space:]]*}"}"
                rest="${rest#"${word}"}"
                if [[ "${index}" -eq "${COMP_CWORD}" ]]; then at="$((${#whole[@]} - 1))"; fi
            done
            local -a COMP_WORDS=("${whole[@]}")
            local -i COMP_CWORD="${at}"
            local word_so_far="${whole[at]}"
            _freeway "${1}" "${word_so_far}" "${whole[at > 0 ? at - 1 : 0]}"
            # What bash replaces begins behind the last of these.
            local start="${word_so_far%"${word_so_far##*[=:]}"}"
            if [[ -n "${start}" ]]; then COMPREPLY=("${COMPREPLY[@]#"${start}"}"); fi
            # As the names of files they would get a backslash before each = and :.
            if [[ "${COMPREPLY[*]}" == *[=:]* ]]; then compopt +o filenames; fi
            if [[ "${#COMPREPLY[@]}" -eq 1 && "${COMPREPLY[0]}" == *[=/] ]]; then compopt -o nospace; fi
        }


        """#
}
